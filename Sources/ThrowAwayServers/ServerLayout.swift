// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How an engine's files are made, how it is started, and how its administrator gets in.
struct ServerLayout: Sendable {
    let engine: ThrowAwayEngine
    let folder: String
    let port: Int
    let certificates: ServerCertificates

    private var data: String { "\(folder)/data" }
    /// MariaDB deletes at its start what it takes for left over, and would take it from others that are running.
    private var temporary: String { "\(folder)/tmp" }
    /// Whose the files are while we are root: PostgreSQL does not run as root.
    private static let unprivileged = "postgres"

    private var asOtherUser: [String] {
        get throws {
            guard engine == .postgresql, geteuid() == 0 else { return [] }
            guard let setpriv = LocalProgram.find("setpriv"), getpwnam(Self.unprivileged) != nil else {
                throw ThrowAwayServerError(
                    "PostgreSQL does not run as root, and there is no user \(Self.unprivileged): apt-get install \(engine.package)"
                )
            }
            // Becomes the server by exec, so that signals reach it.
            return [setpriv, "--reuid=\(Self.unprivileged)", "--regid=\(Self.unprivileged)", "--init-groups", "--"]
        }
    }

    func prepare() async throws {
        switch engine {
        case .mariadb:
            try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
            _ = try await LocalProgram.run([
                "/usr/bin/env", "TMPDIR=\(temporary)", try await engine.program("mariadb-install-db"), "--no-defaults",
                "--datadir=\(data)",
                "--auth-root-authentication-method=normal", "--skip-test-db", "--user=\(NSUserName())",
            ])
        case .postgresql:
            let prefix = try asOtherUser
            if !prefix.isEmpty, let chown = LocalProgram.find("chown") {
                _ = try await LocalProgram.run([chown, "-R", "\(Self.unprivileged):", folder])
            }
            _ = try await LocalProgram.run(
                prefix + [
                    try await engine.program("initdb"), "-D", data, "-U", "postgres", "--auth-local=trust",
                    "--auth-host=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8",
                ])
        }
    }

    /// Stays in the foreground.
    func command() async throws -> [String] {
        switch engine {
        case .mariadb:
            [
                try await engine.program("mariadbd"), "--no-defaults", "--user=\(NSUserName())", "--datadir=\(data)",
                "--tmpdir=\(temporary)", "--socket=\(folder)/sock", "--pid-file=\(folder)/pid", "--port=\(port)",
                "--bind-address=127.0.0.1",
                "--skip-name-resolve", "--ssl-ca=\(certificates.authority)", "--ssl-cert=\(certificates.certificate)",
                "--ssl-key=\(certificates.key)", "--innodb-buffer-pool-size=64M", "--max-connections=500",
            ]
        case .postgresql:
            try asOtherUser + [
                try await engine.program("postgres"), "-D", data, "-cport=\(port)", "-clisten_addresses=127.0.0.1",
                "-cunix_socket_directories=\(folder)", "-cssl=on", "-cssl_ca_file=\(certificates.authority)",
                "-cssl_cert_file=\(certificates.certificate)", "-cssl_key_file=\(certificates.key)",
                "-cmax_connections=300",
            ]
        }
    }

    /// A client for the administrator; the name of a database follows.
    func client() async throws -> [String] {
        switch engine {
        case .mariadb:
            [
                try await engine.program("mariadb"), "--no-defaults", "-S", "\(folder)/sock", "-u", "root", "--batch",
                "--skip-column-names",
            ]
        case .postgresql:
            [
                try await engine.program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", folder, "-p",
                String(port), "-U", "postgres",
            ]
        }
    }
}
