// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Which steps of the schema a database has.
public struct MigrationStatus: Sendable {
    /// Oldest first.
    public var applied: [(name: String, at: Date)]
    /// Those of this program that the database lacks, in their order.
    public var missing: [String]
    /// Those that this program does not know: a newer one made them.
    public var unknown: [String]
}

extension Migrator {
    /// Compares a database with this program. Changes nothing.
    ///
    /// - Throws: `StoreError`.
    public func status(of database: some SQLDatabase) async throws -> MigrationStatus {
        var applied: [(name: String, at: Date)] = []
        do {
            applied = try await database.read { connection in
                try connection.query("SELECT name, applied_at FROM \(Self.list) ORDER BY applied_at, name") {
                    (name: try $0[0], at: try $0[1])
                }
            }
        } catch let error as StoreError where error.code == .other {
            // A database without any step has no list of them.
        }
        let names = Set(applied.map(\.name))
        let known = Set(migrations.map(\.name))
        return MigrationStatus(
            applied: applied, missing: migrations.map(\.name).filter { !names.contains($0) },
            unknown: applied.map(\.name).filter { !known.contains($0) })
    }
}
