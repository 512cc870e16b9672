// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Secrets
public import Store

/// A database of a throw-away server that is filled once and copied many times, which costs a fraction of filling it again.
public struct ThrowAwayDatabaseTemplate: Sendable {
    public let server: ThrowAwayServer
    /// Its user comes to the copies, too.
    public let address: ServerAddress
    public let password: Secret
    /// What makes the tables and rows again where the server cannot copy a database.
    private let script: String

    /// - Parameters:
    ///   - name: letters, digits and underscores.
    ///   - fill: leaves no connection open.
    public init(
        on server: ThrowAwayServer, name: String, _ fill: @Sendable (ServerAddress, Secret) async throws -> Void
    ) async throws {
        self.server = server
        (address, password) = try await server.makeDatabase(name)
        try await fill(address, password)
        script = server.engine == .mariadb ? try await server.script(of: name) : ""
    }

    /// Makes a database like this one, and drops others that nobody uses any more.
    ///
    /// - Throws: `ThrowAwayServerError`.
    public func copy(to name: String, dropping old: [String] = []) async throws -> ServerAddress {
        let user = address.user
        switch server.engine {
        case .mariadb:
            let drops = old.map { "DROP DATABASE IF EXISTS \($0);\n" }.joined()
            try await server.sql(
                "\(drops)\(server.creation(of: name));\n\(server.grant(on: name, to: user));\nUSE \(name);\n\(script)\nSELECT 1"
            )
        case .postgresql:
            let drops = old.map { "DROP DATABASE IF EXISTS \($0) WITH (FORCE);\n" }.joined()
            try await server.sql("\(drops)CREATE DATABASE \(name) TEMPLATE \(address.database) OWNER \(user)")
        }
        var copy = address
        copy.database = name
        return copy
    }
}
