// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

private import Foundation

/// Brings a database to the schema of this program. Each room brings its own list; the program puts them together.
public struct Migrator: Sendable {
    let migrations: [Migration]

    /// - Parameter migrations: rooms in the order of their dependence, each room's steps in their order.
    public init(_ migrations: [Migration]) {
        precondition(Set(migrations.map(\.name)).count == migrations.count, "two migrations have the same name")
        self.migrations = Self.own + migrations
    }

    /// Applies what is missing, all of it or nothing, once for all who start at the same time. Where the engine commits definitions
    /// by themselves, one that breaks off is gone on with by the next call.
    ///
    /// - Returns: the names of the steps that were applied now.
    /// - Throws: `StoreError` with code `newerSchema` if the database knows steps that this program does not: an older
    ///   program would misread the newer data. The operator installs the newer program again.
    @discardableResult
    public func migrate(_ database: some SQLDatabase) async throws -> [String] {
        try await database.alone("certway-migrations") {
            guard database.dialect.commitsDefinitions else {
                return try await database.write { connection in
                    let missing = try self.missing(on: connection)
                    for migration in missing {
                        for statement in migration.statements(connection.dialect) { try connection.execute(statement) }
                        var last: Int64? = 0
                        while let fill = migration.fill, let done = last { last = try fill(connection, done) }
                        try Self.note(migration, on: connection)
                    }
                    return missing.map(\.name)
                }
            }
            let missing: [Migration] = try await database.write { connection in try self.missing(on: connection) }
            for migration in missing { try await apply(migration, to: database) }
            return missing.map(\.name)
        }
    }

    /// The steps that the database lacks.
    private func missing(on connection: any SQLConnection) throws -> [Migration] {
        try Self.createList(Self.list, on: connection)
        let applied = Set(try connection.query("SELECT name FROM \(Self.list)") { try $0[0] as String })
        let unknown = applied.subtracting(migrations.map(\.name)).sorted()
        guard unknown.isEmpty else {
            throw StoreError(
                .newerSchema,
                "the database was made by a newer certway (\(unknown.joined(separator: ", "))): "
                    + "install that version again, or restore the backup taken before the upgrade")
        }
        return migrations.filter { !applied.contains($0.name) }
    }

    /// Where definitions commit by themselves a step can break off between two of its statements: each is put on record by itself,
    /// and the step goes on behind the last one. The next one may have been carried out already.
    private func apply(_ migration: Migration, to database: some SQLDatabase) async throws {
        let name = SQLValue.text(migration.name)
        let known = try await database.write { connection in
            try Self.createList(Self.unfinished, "done \(connection.dialect.integer) NOT NULL", on: connection)
            return try connection.value("SELECT done FROM \(Self.unfinished) WHERE name = ?", [name], as: Int.self)
        }
        let done = known ?? 0
        if known == nil { try await database.write { try Self.note(0, of: name, on: $0) } }
        for (place, statement) in migration.statements(database.dialect).enumerated().dropFirst(done) {
            do {
                try await database.write { connection in
                    try connection.execute(statement)
                    try Self.note(place + 1, of: name, on: connection)
                }
            } catch let error as StoreError where error.code == .exists && place == known {
                try await database.write { try Self.note(place + 1, of: name, on: $0) }
            }
        }
        var last: Int64? = 0
        while let fill = migration.fill, let done = last { last = try await database.write { try fill($0, done) } }
        try await database.write { connection in
            try Self.note(migration, on: connection)
            try connection.execute("DELETE FROM \(Self.unfinished) WHERE name = ?", [name])
        }
    }

    static let list = "migrations"
    private static let unfinished = "unfinished_migrations"

    private static func createList(_ table: String, _ more: String? = nil, on connection: any SQLConnection) throws {
        let dialect = connection.dialect
        let columns = [
            "\(dialect.column("name", 100)) NOT NULL PRIMARY KEY", "applied_at \(dialect.integer) NOT NULL", more,
        ]
        try connection.execute(dialect.createIfMissing(table, columns.compactMap { $0 }.joined(separator: ", ")))
    }

    /// Puts on record how many statements of a step have been carried out.
    private static func note(_ done: Int, of name: SQLValue, on connection: any SQLConnection) throws {
        try connection.put(
            into: unfinished, key: ["name": name], values: ["done": SQLValue(done), "applied_at": SQLValue(Date())])
    }

    private static func note(_ migration: Migration, on connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO \(list) (name, applied_at) VALUES (?, ?)", [.text(migration.name), SQLValue(Date())])
    }

    private static let own = [
        Migration("store-1-sequences") { dialect in
            [
                """
                CREATE TABLE id_sequences (
                    \(dialect.column("name", 100)) NOT NULL PRIMARY KEY, last_id \(dialect.integer) NOT NULL)
                """
            ]
        },
        // A write leaves its own mark here where a lost confirmation must be told from a lost commit.
        Migration("store-2-receipts") { dialect in
            [
                """
                CREATE TABLE write_receipts (
                    \(dialect.column("id", 36)) NOT NULL PRIMARY KEY, written_at \(dialect.integer) NOT NULL,
                    is_committed \(dialect.integer) NOT NULL)
                """
            ]
        },
    ]
}
