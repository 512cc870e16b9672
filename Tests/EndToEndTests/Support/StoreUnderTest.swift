// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Secrets
import Store
import TestSupport
import ThrowAwayServers

/// An empty database on a server, and how the gateway is told of it.
struct StoreUnderTest: Sendable {
    let server: ThrowAwayServer
    let name: String
    private let folder: TemporaryFolder
    /// As `--store` takes it.
    let url: String

    /// - Parameters:
    ///   - server: one of the test's own, for tests that hurt it; nil for the one that all share.
    ///   - port: of something that stands before the server.
    ///   - usesTLS: false for something that looks into the connection.
    init(
        _ engine: ThrowAwayEngine, on server: ThrowAwayServer? = nil, port: Int? = nil, usesTLS: Bool = true
    ) async throws {
        if let server { self.server = server } else { self.server = try await TestServers.shared(engine) }
        name = TestServers.databaseName()
        let (address, password) = try await self.server.makeDatabase(name)
        folder = try TemporaryFolder()
        let secret = try folder.write(password.revealed, to: "password")
        // The server's own copy is another user's, where the server must not be root.
        let roots = try folder.write(
            String(contentsOfFile: self.server.certificateAuthority, encoding: .utf8), to: "roots.pem")
        url = Self.url(engine, port ?? address.port, name, name, secret, usesTLS ? "tlsRoots=\(roots)" : "tls=off")
    }

    /// On the server of an engine that all tests share; nil for the one that has none.
    init?(at engine: TestEngine) async throws {
        guard let engine = ThrowAwayEngine(rawValue: engine.rawValue) else { return nil }
        try await self.init(engine)
    }

    private static func url(
        _ engine: ThrowAwayEngine, _ port: Int, _ user: String, _ database: String, _ password: String, _ tls: String
    ) -> String {
        "\(engine.rawValue)://\(user)@localhost:\(port)/\(database)?password=file:\(password)&\(tls)"
    }

    /// The same database for somebody who may read and change rows, and define nothing.
    func forRunning() async throws -> String {
        let user = "\(name)_run"
        switch server.engine {
        case .mariadb:
            try await server.sql(
                """
                CREATE USER '\(user)'@'%' IDENTIFIED BY 'run'; \
                GRANT SELECT, INSERT, UPDATE, DELETE ON \(name).* TO '\(user)'@'%'
                """)
        case .postgresql:
            try await server.sql("CREATE ROLE \(user) LOGIN PASSWORD 'run'")
            try await server.sql(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO \(user)", in: name)
        }
        let secret = try folder.write("run", to: "password-run")
        return url.replacing("//\(name)@", with: "//\(user)@").replacing("\(folder.path("password"))", with: secret)
    }

    /// The archive as the server shows it to its administrator: reference, CMS and certificate in hexadecimal.
    func archive(to file: String) async throws {
        let bytes = server.engine == .mariadb ? ("HEX(", ")") : ("encode(", ", 'hex')")
        let rows = try await server.sql(
            """
            SELECT o.reference, \(bytes.0)a.cms\(bytes.1), \(bytes.0)c.der\(bytes.1) FROM archived_keys a \
            JOIN certificates c ON c.id = a.certificate_id JOIN orders o ON o.id = a.order_id
            """, in: name)
        try rows.replacing("|", with: "\t").write(toFile: file, atomically: true, encoding: .utf8)
    }
}
