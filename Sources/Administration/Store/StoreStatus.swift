// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Gateway
import JSONDocuments
public import Store

/// What a database is and holds.
public struct StoreStatus: Sendable {
    public let engine: String
    public let version: String
    public let migrations: MigrationStatus
    /// Rows by table; none where the schema is not there.
    public let rows: [(table: String, count: Int64)]
    /// Nil where the engine does not tell this user.
    public let byteCount: Int64?

    /// - Throws: `StoreError`.
    public static func read(_ database: any SQLDatabase) async throws -> StoreStatus {
        let migrations = try await Migrator(GatewayStore.migrations).status(of: database)
        let tables = migrations.missing.isEmpty && !migrations.applied.isEmpty ? try await StoreTable.all() : []
        let inspection = database.dialect.inspection
        let version: String = try await database.read { try $0.value(inspection.version) ?? "" }
        let rows = try await database.read { connection in
            try tables.map { (table: $0.name, count: try $0.count(on: connection)) }
        }
        var byteCount: Int64?
        if let size = inspection.size {
            // Some rights are not given to every user.
            byteCount = try? await database.read { try $0.value(size, as: Int64?.self) ?? nil }
        }
        return StoreStatus(
            engine: database.dialect.name, version: version, migrations: migrations,
            rows: rows.sorted { $0.table < $1.table }, byteCount: byteCount)
    }

    /// - Parameter place: of the database, as `--store` takes it, without what signs in.
    public func json(at place: String) -> JSONValue {
        [
            "engine": .string(engine), "place": .string(place), "version": .string(version),
            "bytes": byteCount.map { JSONValue(Int($0)) } ?? .null,
            "migrations": [
                "applied": .array(
                    migrations.applied.map { ["name": .string($0.name), "at": .string($0.at.ISO8601Format())] }),
                "missing": JSONValue(migrations.missing), "unknown": JSONValue(migrations.unknown),
            ],
            "rows": .object(
                Dictionary(rows.map { ($0.table, JSONValue(Int($0.count))) }, uniquingKeysWith: { first, _ in first })),
        ]
    }
}
