// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger
public import Records
import Settings
public import Store

/// Copies everything from one database into an empty one, of whatever engine, while nobody works on either. A copy that broke off
/// is gone on with by the next call.
public struct StoreCopy: Sendable {
    /// What was copied of one table.
    public struct Table: Sendable {
        public let name: String
        public let rows: Int64
        /// SHA-256 over the rows, computed the same way on both sides and found equal.
        public let checksum: String
    }

    /// How far it is.
    public struct Progress: Sendable {
        public let table: String
        public let rows: Int64
        public let isComparing: Bool
    }

    /// Rows in one transaction.
    private static let batch = 500
    private static let mark = GatewayStore.copyState

    private let source: any SQLDatabase
    private let target: any SQLDatabase

    public init(from source: any SQLDatabase, to target: any SQLDatabase) {
        (self.source, self.target) = (source, target)
    }

    /// Looks whether everything could be copied; writes nothing, not even the target's schema.
    ///
    /// - Parameter target: nil for an embedded one that is not there yet.
    /// - Returns: what each table would hold.
    /// - Throws: as `run`.
    public static func plan(
        from source: any SQLDatabase, to target: (any SQLDatabase)?
    ) async throws -> [(name: String, rows: Int64)] {
        let tables = try await StoreTable.all()
        let fingerprint = try await look(at: source)
        if let target, try await !Migrator(GatewayStore.migrations).status(of: target).applied.isEmpty {
            try await StoreCopy(from: source, to: target).requireFillable(tables, fingerprint)
        }
        return try await source.read { connection in
            try tables.map { (name: $0.name, rows: try $0.count(on: connection)) }
        }
    }

    /// Copies, and compares.
    ///
    /// - Returns: each table with what it holds.
    /// - Throws: `SettingsError` when one is at work, the source is an older version's or the target holds something else;
    ///   `StoreError`, with code `corrupt` when the copy is not what the source is.
    public func run(
        by actor: AuditActor = .service, _ origin: AuditOrigin = AuditOrigin(),
        onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws -> [Table] {
        let tables = try await StoreTable.all()
        let fingerprint = try await Self.look(at: source)
        try await Migrator(GatewayStore.migrations).migrate(target)
        try await Self.requireAtRest(target, "target")
        try await prepare(tables, fingerprint)
        for table in tables { try await copy(table, onProgress) }
        var copied: [Table] = []
        for table in tables { copied.append(try await compare(table, onProgress)) }
        guard try await Self.fingerprint(of: source) == fingerprint else {
            throw SettingsError(
                "the source was changed meanwhile: stop what works on it, and copy into an empty database", at: .state)
        }
        try await OrderLedger(database: target).setState(Self.mark, nil)
        try await OrderLedger(database: target, origin: origin).audit.record(
            AuditEntry(
                .copyStore, AuditObject(.store, "database"), by: actor,
                after: ["rows": JSONValue(Int(copied.reduce(0) { $0 + $1.rows }))],
                reason: "copied from \(source.dialect.name), and found equal"))
        // The next to open it finds the file where it belongs.
        try await GatewayStore.forgetFile(OrderLedger(database: target))
        return copied
    }

    /// - Returns: what tells this state of the source from others.
    /// - Throws: `SettingsError` unless it can be copied.
    private static func look(at source: any SQLDatabase) async throws -> String {
        let status = try await Migrator(GatewayStore.migrations).status(of: source)
        guard !status.applied.isEmpty else {
            throw SettingsError("there is nothing to copy: the source holds no gateway")
        }
        guard status.unknown.isEmpty, status.missing.isEmpty else {
            throw SettingsError(
                "the source is of \(status.missing.isEmpty ? "a newer" : "an older") version: run 'certway store migrate' on it with the "
                    + "newest certway first", at: .state)
        }
        try await GatewayStore.requireWhole(OrderLedger(database: source), "the source")
        try await requireAtRest(source, "source")
        return try await fingerprint(of: source)
    }

    private static func requireAtRest(_ database: any SQLDatabase, _ which: String) async throws {
        guard let node = try await OrderLedger(database: database).nodes().first(where: \.isAtWork) else { return }
        throw SettingsError("node \(node.id) on \(node.host) is at work on the \(which): stop it first", at: .state)
    }

    /// Tells one state of one database from every other: what it was made with, and how far each of its counters is.
    private static func fingerprint(of database: any SQLDatabase) async throws -> String {
        try await database.read { connection in
            var digest = StoreDigest()
            let counters = StoreTable(
                name: "id_sequences",
                columns: [.init(name: "name", kind: .text), .init(name: "last_id", kind: .integer)],
                key: [.init(name: "name", kind: .text)], parents: [])
            for row in try counters.page(after: nil, limit: 1000, on: connection) { try digest.add(row, of: counters) }
            return digest.text
                + (try OrderLedger.state("references", on: connection)?["secret"]?.string ?? "").prefix(8)
        }
    }

    /// - Throws: `SettingsError` unless the target is empty, or holds the beginning of this very copy.
    private func requireFillable(_ tables: [StoreTable], _ fingerprint: String) async throws {
        let known = try await OrderLedger(database: target).state(Self.mark)?.string
        guard known == nil || known == fingerprint else {
            throw SettingsError(
                "the target holds part of a copy of something else, or the source has changed since: empty it first",
                at: .state)
        }
        guard known == nil else { return }
        let full = try await target.read { connection in
            try tables.first { table in
                if table.name == "id_sequences" {
                    return try connection.value("SELECT COUNT(*) FROM id_sequences WHERE last_id > 0") ?? 0 > 0
                }
                if table.name == "gateway_state" {
                    return try connection.value(
                        "SELECT COUNT(*) FROM gateway_state WHERE name NOT IN ('references', ?)",
                        [.text(OrderLedger.newReferencesState)]) ?? 0 > 0
                }
                return try table.count(on: connection) > 0
            }
        }
        guard let full else { return }
        throw SettingsError(
            "the target is not empty, its table \(full.name) holds rows: nothing is copied over what is there; name an empty database",
            at: .state)
    }

    /// Marks the target, and takes away what its schema was made with.
    private func prepare(_ tables: [StoreTable], _ fingerprint: String) async throws {
        try await requireFillable(tables, fingerprint)
        guard try await OrderLedger(database: target).state(Self.mark) == nil else { return }
        try await target.write { connection in
            try connection.execute("DELETE FROM id_sequences")
            try connection.execute("DELETE FROM gateway_state")
            try OrderLedger.setState(Self.mark, .string(fingerprint), on: connection)
        }
    }

    private func copy(_ table: StoreTable, _ onProgress: @Sendable (Progress) -> Void) async throws {
        var last = try await start(of: table)
        var count = try await target.read { try table.count(on: $0) }
        while true {
            let key = last
            let rows = try await source.read { try table.page(after: key, limit: Self.batch, on: $0) }
            guard let end = rows.last else { return }
            try await target.write { connection in
                try connection.insert(into: table.name, table.columnNames, rows: rows)
            }
            last = table.key(of: end)
            count += Int64(rows.count)
            onProgress(Progress(table: table.name, rows: count, isComparing: false))
        }
    }

    /// Where an earlier attempt broke off. The mark is not of the source, and stands alone in front of what is.
    private func start(of table: StoreTable) async throws -> [SQLValue]? {
        guard table.name == "gateway_state" else { return try await target.read { try table.lastKey(on: $0) } }
        try await target.write { connection in
            try connection.execute("DELETE FROM gateway_state WHERE name <> ?", [.text(Self.mark)])
        }
        return nil
    }

    private func compare(
        _ table: StoreTable, _ onProgress: @Sendable (Progress) -> Void
    ) async throws -> Table {
        let (want, have) = (
            try await digest(of: table, in: source, onProgress), try await digest(of: table, in: target, onProgress)
        )
        guard want == have else {
            throw StoreError(
                .corrupt,
                "table \(table.name) is not the same after copying: \(want.rows) rows, \(want.text.prefix(16)) in the source, "
                    + "\(have.rows) rows, \(have.text.prefix(16)) in the target; use neither, and copy again into an empty database"
            )
        }
        return Table(name: table.name, rows: want.rows, checksum: want.text)
    }

    private func digest(
        of table: StoreTable, in database: any SQLDatabase, _ onProgress: @Sendable (Progress) -> Void
    ) async throws -> StoreDigest {
        var digest = StoreDigest()
        var last: [SQLValue]?
        while true {
            let key = last
            let rows = try await database.read { try table.page(after: key, limit: Self.batch, on: $0) }
            guard let end = rows.last else { return digest }
            for row in rows where row.first != .text(Self.mark) { try digest.add(row, of: table) }
            last = table.key(of: end)
            onProgress(Progress(table: table.name, rows: digest.rows, isComparing: true))
        }
    }
}
