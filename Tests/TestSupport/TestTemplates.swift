// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Secrets
import Store
import StoreODBC
import ThrowAwayServers

/// Migrated databases to copy, one for each engine and list of migrations.
actor TestTemplates {
    static let shared = TestTemplates()

    private struct Kind: Hashable {
        let engine: ThrowAwayEngine
        /// nil for a database without a table.
        let migrations: [String]?
    }

    private var templates: [Kind: Task<ThrowAwayDatabaseTemplate, any Error>] = [:]
    private var left: [ThrowAwayEngine: [String]] = [:]

    /// Makes a database of its own for one test.
    ///
    /// - Parameter migrations: nil for a database without a table.
    func copy(_ engine: ThrowAwayEngine, _ migrations: [Migration]?) async throws -> (ServerAddress, Secret) {
        let kind = Kind(engine: engine, migrations: migrations.map { $0.map(\.name) })
        let task =
            templates[kind]
            ?? Task {
                try await ThrowAwayDatabaseTemplate(
                    on: TestServers.shared(engine), name: TestServers.databaseName()
                ) { address, password in
                    guard let migrations else { return }
                    let database = try await ODBCDatabase.open(address, .password { password })
                    try await Migrator(migrations).migrate(database)
                    await database.close()
                }
            }
        templates[kind] = task
        let template = try await task.value
        let old = left.removeValue(forKey: engine) ?? []
        return (try await template.copy(to: TestServers.databaseName(), dropping: old), template.password)
    }

    /// Nobody uses it any more.
    func leave(_ database: String, of engine: ThrowAwayEngine) { left[engine, default: []].append(database) }
}
