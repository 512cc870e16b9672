// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import ThrowAwayServers

/// Exim on loopback with TLS, with a configuration of its own; ends with its owner. It takes mails from whoever has signed in, and lays
/// them into one folder.
public final class TestMailServer: Sendable {
    public static let user = "certway"
    public static let password = "pass wörd"

    public let folder: TemporaryFolder
    /// With STARTTLS, and with TLS from the first byte.
    public let port: Int
    public let tlsPort: Int
    private let process: ChildProcess

    /// PEM file of the server's certificate, which is for the loopback address.
    public var roots: String { folder.path("cert.pem") }

    public init() async throws {
        folder = try TemporaryFolder()
        try await Tool.run(
            ["openssl"]
                + "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=mail -addext subjectAltName=IP:127.0.0.1"
                .split(separator: " ").map(String.init), folder: folder.path)
        let ports = try FreePort.find(2)
        (port, tlsPort) = (ports[0], ports[1])
        let files = FileManager.default
        // It gives up being root and delivers as nobody.
        let account = getuid() == 0 ? "65534" : "\(getuid())"
        let group = getuid() == 0 ? "65534" : "\(getgid())"
        for name in ["mail", "spool"] {
            try files.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
            try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path(name))
        }
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path("key.pem"))
        try folder.write(Self.configuration(folder.path, ports, account, group), to: "exim.conf")
        // Only root's files are read as root.
        try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path("exim.conf"))
        process = try await ChildProcess(
            "/usr/sbin/exim4", ["-bdf", "-C", folder.path("exim.conf")], errors: .file(folder.path("errors")))
        for _ in 1...600 {
            if (try? await Tool.run(["openssl", "s_client", "-connect", "127.0.0.1:\(tlsPort)", "-brief"])) != nil {
                return
            }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let said = (try? String(contentsOfFile: folder.path("errors"), encoding: .utf8)) ?? ""
        throw Tool.Failure(description: "exim4 does not answer: \(said); Scripts/bootstrap --tests installs it")
    }

    /// What was delivered, as Python's email library reads it: `id`, `for` (the envelope's), `to`, `from`, `subject`, `text`, `event`,
    /// `files` with `name`, `type` and `content` in Base64.
    public func mails() async throws -> [JSONValue] {
        let judge = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "EndToEndTests/maildir-judge.py").path
        let text = try await Tool.run(["/usr/bin/python3", judge, folder.path("mail")])
        return try JSONValue(parsing: text).array ?? []
    }

    private static func configuration(_ folder: String, _ ports: [Int], _ account: String, _ group: String) -> String {
        """
        primary_hostname = localhost
        spool_directory = \(folder)/spool
        log_file_path = \(folder)/spool/%slog
        pid_file_path = \(folder)/spool/exim.pid
        daemon_smtp_ports = \(ports[0]) : \(ports[1])
        tls_on_connect_ports = \(ports[1])
        local_interfaces = 127.0.0.1
        tls_advertise_hosts = *
        tls_certificate = \(folder)/cert.pem
        tls_privatekey = \(folder)/key.pem
        acl_smtp_rcpt = rcpt
        acl_smtp_data = accept
        never_users =
        exim_user = \(account)
        exim_group = \(group)
        deliver_drop_privilege = true
        begin acl
        rcpt:
          accept authenticated = *
          deny message = sign in first
        begin routers
        all:
          driver = accept
          transport = maildir
        begin transports
        maildir:
          driver = appendfile
          maildir_format
          directory = \(folder)/mail
          create_directory
          envelope_to_add
        begin retry
        * * F,1h,1m
        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_prompts = :
          server_condition = ${if and{{eq{$auth2}{\(user)}}{eq{$auth3}{\(password)}}}}
          server_set_id = $auth2
          server_advertise_condition = ${if def:tls_in_cipher}

        """
    }
}
