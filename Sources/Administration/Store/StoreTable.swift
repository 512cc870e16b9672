// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import Store
import StoreSQLite

/// A table as every engine has it.
struct StoreTable: Sendable, Equatable {
    enum Kind: String, Sendable { case integer, text, blob }

    struct Column: Sendable, Equatable {
        let name: String
        let kind: Kind
    }

    let name: String
    let columns: [Column]
    /// Columns of the primary key, in their order.
    let key: [Column]
    /// Tables whose rows must be there first.
    let parents: Set<String>

    /// What each database has of its own: how far its schema is, and what was committed a moment ago.
    private static let own: Set<String> = ["migrations", "unfinished_migrations", "write_receipts"]

    /// Every table that holds something worth keeping, parents first.
    ///
    /// The migrations are the one description of the schema: they are applied to an empty SQLite file, which then tells what
    /// they have made.
    static func all() async throws -> [StoreTable] {
        let path = "\(FileManager.default.temporaryDirectory.path)/certway-schema-\(UUID().uuidString).db"
        defer { SQLiteCopy.remove(path) }
        let database = try SQLiteDatabase(path: path)
        let tables: [StoreTable]
        do {
            try await Migrator(GatewayStore.migrations).migrate(database)
            tables = try await database.read { try read(on: $0) }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        return sorted(tables)
    }

    private static func read(on connection: any SQLConnection) throws -> [StoreTable] {
        let names = try connection.query(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        ) { try $0[0] as String }
        return try names.filter { !own.contains($0) }.map { name in
            let columns = try connection.query("PRAGMA table_info(\(name))") { row in
                (column: try column(row["name"], row["type"]), place: try row["pk"] as Int)
            }
            return StoreTable(
                name: name, columns: columns.map(\.column),
                key: columns.filter { $0.place > 0 }.sorted { $0.place < $1.place }.map(\.column),
                parents: Set(try connection.query("PRAGMA foreign_key_list(\(name))") { try $0["table"] as String }))
        }
    }

    /// - Parameter type: as SQLite keeps what the dialect wrote.
    private static func column(_ name: String, _ type: String) throws(StoreError) -> Column {
        let kind: Kind? =
            switch type.prefix(while: \.isLetter) {
            case "INTEGER": .integer
            case "VARCHAR", "TEXT": .text
            case "BLOB": .blob
            default: nil
            }
        guard let kind else { throw StoreError(.other, "column \(name) has the type \(type), which is not known here") }
        return Column(name: name, kind: kind)
    }

    private static func sorted(_ tables: [StoreTable]) -> [StoreTable] {
        var (rest, done): ([StoreTable], [StoreTable]) = (tables, [])
        while !rest.isEmpty {
            let ready = rest.filter { table in table.parents.allSatisfy { name in !rest.contains { $0.name == name } } }
            precondition(!ready.isEmpty, "tables refer to each other in a circle")
            done += ready
            rest.removeAll { ready.contains($0) }
        }
        return done
    }

    // MARK: - Statements

    var columnNames: [String] { columns.map(\.name) }

    /// A page of rows in the order of the key.
    ///
    /// - Parameter last: the key of the row before; nil for the first page.
    func page(
        after last: [SQLValue]?, limit: Int, on connection: any SQLConnection
    ) throws -> [[SQLValue]] {
        var (condition, parameters): (String, [SQLValue]) = ("", [])
        if let last {
            // (a > ?) OR (a = ? AND b > ?): row values are not every engine's.
            let parts = key.indices.map { place in
                (key[..<place].map { "\($0.name) = ?" } + ["\(key[place].name) > ?"]).joined(separator: " AND ")
            }
            condition = " WHERE (" + parts.joined(separator: ") OR (") + ")"
            parameters = key.indices.flatMap { Array(last[...$0]) }
        }
        return try connection.query(
            "SELECT \(columnNames.joined(separator: ", ")) FROM \(name)\(condition) "
                + "ORDER BY \(key.map(\.name).joined(separator: ", ")) \(connection.dialect.page(limit, 0))", parameters
        ) { $0.values }
    }

    func key(of row: [SQLValue]) -> [SQLValue] {
        key.map { column in columns.firstIndex(of: column).map { row[$0] } ?? .null }
    }

    /// The key of the last row; nil for an empty table.
    func lastKey(on connection: any SQLConnection) throws -> [SQLValue]? {
        let names = key.map(\.name)
        return try connection.query(
            "SELECT \(names.joined(separator: ", ")) FROM \(name) "
                + "ORDER BY \(names.map { "\($0) DESC" }.joined(separator: ", ")) \(connection.dialect.page(1, 0))"
        ) { $0.values }.first
    }

    func count(on connection: any SQLConnection) throws -> Int64 {
        try connection.value("SELECT COUNT(*) FROM \(name)") ?? 0
    }
}
