// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import ThrowAwayServers

/// OpenLDAP's server on loopback with TLS, run by the test's own account; ends with its owner. Nobody reads or writes without
/// signing in.
public final class TestDirectoryServer: Sendable {
    public static let base = "ou=people,dc=example,dc=org"
    public static let bindName = "cn=gateway,dc=example,dc=org"
    public static let password = "s3cret *() word"

    public let folder: TemporaryFolder
    /// Over TLS from the first byte, and by StartTLS.
    public let secureURL: String
    public let plainURL: String
    private let process: ChildProcess

    /// PEM file of the root of the server's certificate, which is for the loopback address.
    public var roots: String { folder.path("ca.pem") }
    /// PEM files of a certificate whose subject is `bindName`.
    public var clientCertificate: String { folder.path("client.pem") }
    public var clientKey: String { folder.path("client.key") }

    /// - Parameter people: the beginnings of addresses `NAME@example.org`; each is an entry `uid=NAME`.
    public init(people: [String]) async throws {
        folder = try TemporaryFolder()
        try await Self.makeCertificates(in: folder.path)
        let ports = try FreePort.find(2)
        (plainURL, secureURL) = ("ldap://127.0.0.1:\(ports[0])", "ldaps://127.0.0.1:\(ports[1])")
        try folder.write(Self.configuration(folder.path), to: "slapd.conf")
        try FileManager.default.createDirectory(atPath: folder.path("data"), withIntermediateDirectories: true)
        try folder.write(Self.entries(people), to: "people.ldif")
        let program = "/usr/sbin/slapd"
        try await Tool.run(
            ["/usr/sbin/slapadd", "-f", folder.path("slapd.conf"), "-l", folder.path("people.ldif")])
        process = try await ChildProcess(
            program,
            ["-d", "0", "-f", folder.path("slapd.conf"), "-h", "\(plainURL) \(secureURL)"],
            errors: .file(folder.path("errors")))
        for _ in 1...600 {
            if (try? await read(Self.base)) != nil { return }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let said = (try? String(contentsOfFile: folder.path("errors"), encoding: .utf8)) ?? ""
        throw Tool.Failure(description: "slapd does not answer: \(said); Scripts/bootstrap --tests installs it")
    }

    public static func entry(_ name: String) -> String { "uid=\(name),\(base)" }

    /// What an entry holds, attributes with base64 values, as python3-ldap reads it.
    public func read(_ entry: String) async throws -> [String: [String]] {
        let judge = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "PublicationTests/ldap-judge.py").path
        let text = try await Tool.run([
            "/usr/bin/python3", judge, secureURL, roots, Self.bindName, Self.password, entry,
        ])
        return try JSONValue(parsing: text).object?.mapValues { ($0.array ?? []).compactMap(\.string) } ?? [:]
    }

    /// Changes entries as LDIF says, in another administrator's name.
    public func change(_ ldif: String) async throws {
        try await Tool.run(
            ["ldapmodify", "-x", "-ZZ", "-H", plainURL, "-D", Self.bindName, "-w", Self.password],
            input: Array(ldif.utf8),
            environment: ["LDAPTLS_CACERT": roots])
    }

    private static func configuration(_ folder: String) -> String {
        """
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/inetorgperson.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        pidfile \(folder)/slapd.pid
        TLSCACertificateFile \(folder)/ca.pem
        TLSCertificateFile \(folder)/server.pem
        TLSCertificateKeyFile \(folder)/server.key
        TLSVerifyClient try
        security tls=1 ssf=0
        authz-regexp "cn=gateway,dc=example,dc=org" "\(bindName)"
        database mdb
        suffix "dc=example,dc=org"
        rootdn "\(bindName)"
        rootpw "\(password)"
        directory \(folder)/data
        access to * by * none

        """
    }

    private static func entries(_ people: [String]) -> String {
        let top = """
            dn: dc=example,dc=org
            objectClass: dcObject
            objectClass: organization
            dc: example
            o: Example

            dn: \(base)
            objectClass: organizationalUnit
            ou: people


            """
        return people.reduce(top) { text, name in
            text + """
                dn: \(entry(name))
                objectClass: inetOrgPerson
                uid: \(name)
                cn: \(name)
                sn: \(name)
                mail: \(name)@example.org


                """
        }
    }

    private static func makeCertificates(in folder: String) async throws {
        func run(_ arguments: String) async throws {
            try await Tool.run(["openssl"] + arguments.split(separator: " ").map(String.init), folder: folder)
        }
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        try await run("req -x509 \(key) -keyout ca.key -out ca.pem -days 2 -subj /CN=Test")
        for (file, subject, extra) in [
            ("server", "/CN=server", "-addext subjectAltName=IP:127.0.0.1"),
            ("client", "/DC=org/DC=example/CN=gateway", ""),
        ] {
            try await run(
                "req -x509 -CA ca.pem -CAkey ca.key \(key) -keyout \(file).key -out \(file).pem -days 2 -subj \(subject) \(extra)"
            )
        }
    }
}
