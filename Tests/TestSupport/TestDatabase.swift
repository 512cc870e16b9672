// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Secrets
public import Store
import StoreODBC
public import StoreSQLite

/// The one way in which tests open a database: one of its own for each test, of the engine that `CERTWAY_TEST_STORE` names.
public final class TestDatabase: SQLDatabase {
    private let inner: any SQLDatabase
    private let place: Place

    /// - Parameters:
    ///   - migrations: what it is brought to beside the store's own tables; nil for a database without a table.
    ///   - engine: for tests that go through the doors of several engines.
    ///   - options: for SQLite.
    public convenience init(
        _ migrations: [Migration]?, on engine: TestEngine = .current, options: SQLiteDatabase.Options = .init()
    ) async throws {
        let place = try await Place(engine, migrations)
        try await self.init(place, options)
        if let migrations, engine.server == nil { try await Migrator(migrations).migrate(inner) }
    }

    private init(_ place: Place, _ options: SQLiteDatabase.Options) async throws {
        self.place = place
        inner = try await place.open(options)
        TestCount.note(place.engine)
    }

    /// Another door to the same database, as another process would have one.
    public func another() async throws -> TestDatabase { try await TestDatabase(place, .init()) }

    /// Of SQLite alone.
    public var folder: TemporaryFolder { place.folder }
    public var path: String { folder.path("certway.db") }

    public var engine: TestEngine { place.engine }
    public var dialect: SQLDialect { inner.dialect }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result { try await inner.read(body) }

    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result { try await inner.write(body) }

    public func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result { try await inner.alone(name, body) }

    public func close() async { await inner.close() }

    /// Where the database is, until the last door to it has gone.
    private final class Place: Sendable {
        let engine: TestEngine
        let folder: TemporaryFolder
        private let address: ServerAddress?
        private let password: Secret?

        init(_ engine: TestEngine, _ migrations: [Migration]?) async throws {
            self.engine = engine
            folder = try TemporaryFolder()
            if let server = engine.server {
                (address, password) = try await TestTemplates.shared.copy(server, migrations)
            } else {
                (address, password) = (nil, nil)
            }
        }

        func open(_ options: SQLiteDatabase.Options) async throws -> any SQLDatabase {
            guard let address, let password else {
                let file = try SQLiteDatabase(path: folder.path("certway.db"), options: options)
                let judge: any StatementJudge = engine == .sqlserver ? SQLServerJudge() : QueryPlanJudge()
                return JudgedDatabase(file, by: judge)
            }
            return try await ODBCDatabase.open(address, .password { password }, options: .init(readers: 3, writers: 3))
        }

        deinit {
            guard let server = engine.server, let name = address?.database else { return }
            Task { await TestTemplates.shared.leave(name, of: server) }
        }
    }
}
