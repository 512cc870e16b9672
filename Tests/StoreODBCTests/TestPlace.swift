// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Secrets
import Store
import StoreODBC
import TestSupport
import ThrowAwayServers

/// An empty database on a server, with what it takes to come to it.
struct TestPlace: Sendable {
    let server: ThrowAwayServer
    var address: ServerAddress
    let password: Secret

    init(_ engine: ThrowAwayEngine) async throws { try await self.init(on: TestServers.shared(engine)) }

    /// - Parameter server: one of the test's own, for tests that hurt it.
    init(on server: ThrowAwayServer) async throws {
        self.server = server
        (address, password) = try await server.makeDatabase(TestServers.databaseName())
    }

    var credential: ServerCredential { .password { [password] in password } }

    func open(_ options: ODBCDatabase.Options = .init()) async throws -> ODBCDatabase {
        try await ODBCDatabase.open(address, credential, options: options)
    }

    /// Opens it with the tables of the store itself.
    func openMigrated(_ options: ODBCDatabase.Options = .init()) async throws -> ODBCDatabase {
        let database = try await open(options)
        try await Migrator([]).migrate(database)
        return database
    }

    /// By way of something that stands before the server.
    func through(port: Int) -> TestPlace {
        var other = self
        other.address.port = port
        return other
    }

    /// Without TLS, which is for what looks into the connection.
    var plain: TestPlace {
        var other = self
        other.address.usesTLS = false
        return other
    }
}

/// The code of what `body` throws; nil when it throws nothing.
func code(_ body: () async throws -> Void) async -> StoreError.Code? { await failure(body)?.code }

/// What `body` throws; nil when it throws nothing.
func failure(_ body: () async throws -> Void) async -> StoreError? {
    do {
        try await body()
        return nil
    } catch { return error as? StoreError ?? StoreError(StoreError.Code(rawValue: "\(error)"), "\(error)") }
}
