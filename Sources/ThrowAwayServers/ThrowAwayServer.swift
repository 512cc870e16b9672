// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Secrets
public import Store

/// A database server of its own for tests and demonstrations: on a free port of the loopback address, with TLS, in a folder that
/// goes away with it. Installs nothing, and ends with this process, however that ends.
public final class ThrowAwayServer: Sendable {
    public let engine: ThrowAwayEngine
    public let port: Int
    /// The CA of the server's certificate.
    public let certificateAuthority: String
    public let folder: String
    private let keeper: ServerKeeper
    private let client: [String]

    /// Makes an empty server and starts it.
    ///
    /// - Parameter options: further ones of the server's command line, such as `--log-bin` or `-clog_statement=all`.
    /// - Throws: `ThrowAwayServerError` when it is not installed, or with what it said when it does not start.
    public init(_ engine: ThrowAwayEngine, options: [String] = []) async throws {
        self.engine = engine
        folder =
            FileManager.default.temporaryDirectory.appending(path: "certway-server-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        port = try FreePort.find()
        let certificates = try ServerCertificates(in: folder)
        certificateAuthority = certificates.authority
        let layout = ServerLayout(engine: engine, folder: folder, port: port, certificates: certificates)
        do {
            try await layout.prepare()
            client = try await layout.client()
            keeper = try await ServerKeeper(try await layout.command() + options, folder: folder)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        try await start()
    }

    /// Starts it, also after `kill`, and waits until it answers.
    public func start() async throws {
        try await keeper.start()
        for _ in 0..<600 {
            if (try? await sql("SELECT 1")) != nil { return }
            guard keeper.isRunning else { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        let log = (try? String(contentsOfFile: "\(folder)/server.log", encoding: .utf8)) ?? ""
        throw ThrowAwayServerError("\(engine.rawValue) does not start: \(log.suffix(2000))")
    }

    /// Ends it as a power failure would end it, and waits until it has.
    public func kill() async throws {
        keeper.signal(SIGKILL)
        while keeper.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// Freezes it: connections stay, and nobody answers.
    public func freeze() {
        keeper.signalAll(SIGSTOP)
        keeper.waitUntilStopped()
    }

    public func thaw() { keeper.signalAll(SIGCONT) }

    /// Ends it and removes its folder.
    public func end() async throws { try await keeper.end() }

    /// Runs statements as the server's administrator.
    ///
    /// - Returns: the rows, a line each, their columns apart by a tab or `|`.
    @discardableResult
    public func sql(_ text: String, in database: String? = nil) async throws -> String {
        try await LocalProgram.run(client + [database ?? engine.administration], input: text + ";\n")
    }

    /// Makes an empty database and a user who may do with it what the gateway does, and nothing else.
    ///
    /// - Parameter name: letters, digits and underscores.
    public func makeDatabase(_ name: String) async throws -> (address: ServerAddress, password: Secret) {
        // With what would end the password early, were it not quoted.
        let password = "}p;\(UUID().uuidString.prefix(12))={'"
        let quoted = password.replacingOccurrences(of: "'", with: "''", options: .literal)
        switch engine {
        case .mariadb:
            try await sql(
                "\(creation(of: name)); CREATE USER '\(name)'@'%' IDENTIFIED BY '\(quoted)'; \(grant(on: name, to: name))"
            )
        case .postgresql:
            try await sql("CREATE ROLE \(name) LOGIN PASSWORD '\(quoted)'; CREATE DATABASE \(name) OWNER \(name)")
        }
        let address = ServerAddress(
            family: engine.family, host: "localhost", port: port, database: name, user: name,
            certificateAuthorities: certificateAuthority)
        return (address, Secret(password))
    }

    /// MariaDB's.
    func creation(of name: String) -> String {
        "CREATE DATABASE \(name) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
    }

    /// MariaDB's, of what the gateway does.
    func grant(on database: String, to user: String) -> String {
        """
        GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, TRIGGER ON \(database).* \
        TO '\(user)'@'%'
        """
    }

    /// What makes all of a database again, for MariaDB's client.
    func script(of name: String) async throws -> String {
        try await LocalProgram.run([
            try await engine.program("mariadb-dump"), "--no-defaults", "-S", "\(folder)/sock", "-u", "root",
            "--skip-comments", "--skip-add-drop-table", "--skip-add-locks", "--single-transaction", "--triggers", name,
        ])
    }
}

extension ThrowAwayEngine {
    /// The database that every server has.
    fileprivate var administration: String {
        switch self {
        case .mariadb: "mysql"
        case .postgresql: "postgres"
        }
    }
}
