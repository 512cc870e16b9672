// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

private import Foundation

/// Brings a database to the schema of this program. Each room brings its own list; the program puts them together.
public struct Migrator: Sendable {
    private let migrations: [Migration]

    /// - Parameter migrations: rooms in the order of their dependence, each room's steps in their order.
    public init(_ migrations: [Migration]) {
        precondition(Set(migrations.map(\.name)).count == migrations.count, "two migrations have the same name")
        self.migrations = Self.own + migrations
    }

    /// Applies what is missing, all of it or nothing.
    ///
    /// - Returns: the names of the steps that were applied now.
    /// - Throws: `StoreError` with code `newerSchema` if the database knows steps that this program does not: an older
    ///   program would misread the newer data. The operator installs the newer program again.
    @discardableResult
    public func migrate(_ database: some SQLDatabase) async throws -> [String] {
        let migrations = migrations
        return try await database.write { connection in
            let dialect = connection.dialect
            try connection.execute(
                dialect.createIfMissing(
                    "migrations",
                    "name \(dialect.text(100)) NOT NULL PRIMARY KEY, applied_at \(dialect.integer) NOT NULL"))
            let applied = Set(try connection.query("SELECT name FROM migrations") { try $0[0] as String })
            let unknown = applied.subtracting(migrations.map(\.name)).sorted()
            guard unknown.isEmpty else {
                throw StoreError(
                    .newerSchema,
                    "the database was made by a newer certway (\(unknown.joined(separator: ", "))): "
                        + "install that version again, or restore the backup taken before the upgrade")
            }
            let missing = migrations.filter { !applied.contains($0.name) }
            for migration in missing {
                for statement in migration.statements(dialect) { try connection.execute(statement) }
                try connection.execute(
                    "INSERT INTO migrations (name, applied_at) VALUES (?, ?)",
                    [.text(migration.name), SQLValue(Date())])
            }
            return missing.map(\.name)
        }
    }

    private static let own = [
        Migration("store-1-sequences") { dialect in
            [
                """
                CREATE TABLE id_sequences (
                    name \(dialect.text(100)) NOT NULL PRIMARY KEY, last_id \(dialect.integer) NOT NULL)
                """
            ]
        }
    ]
}
