// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Store

/// Who or what has decided what, when, on which object, with which outcome and why: a chain of records, so that an edit or a gap is
/// noticed. A record is written by the transaction that it tells of.
public struct AuditTrail: Sendable {
    /// The step of the schema that makes its table.
    public static let migration = AuditTable.migration

    let database: any SQLDatabase

    public init(_ database: any SQLDatabase) { self.database = database }

    /// Puts entries on record with the transaction of `connection`; they are written when its body has returned.
    ///
    /// - Throws: `StoreError` for a connection of a database that does not record, which is a mistake of the program.
    public static func record(_ entries: [AuditEntry], on connection: any SQLConnection) throws {
        guard let recording = connection as? RecordingConnection else {
            throw StoreError(.other, "something is to be put on record by a connection that cannot")
        }
        recording.entries += entries
    }

    public static func record(_ entry: AuditEntry, on connection: any SQLConnection) throws {
        try record([entry], on: connection)
    }

    /// Puts something on record that has changed nothing in the database, such as a refusal.
    public func record(_ entry: AuditEntry) async throws {
        try await database.write { try Self.record(entry, on: $0) }
    }

    /// The record of this number; nil for none.
    public func record(_ number: Int64) async throws -> AuditRecord? {
        try await database.read { connection in
            try connection.query(
                "SELECT \(AuditTable.columns) FROM audit_records WHERE number = ?", [.integer(number)],
                AuditTable.record
            ).first
        }
    }

    /// Records behind a number, in their order.
    public func records(after number: Int64, limit: Int) async throws -> [AuditRecord] {
        try await database.read { try AuditTable(connection: $0).records(after: number, limit: limit) }
    }

    /// Number of the last record that was made, as the counter has it; 0 before the first.
    public func lastNumber() async throws -> Int64 { try await database.read { try AuditTable.numbers.last(on: $0) } }

    /// The last record that is there; nil for none.
    public func end() async throws -> AuditMark? {
        try await database.read { connection in
            try connection.query(
                "SELECT number, hash FROM audit_records WHERE number = (SELECT MAX(number) FROM audit_records)"
            ) { AuditMark(number: try $0[0], hash: try $0[1]) }.first
        }
    }

    /// Whether the chain still goes through a record as it was; two look-ups.
    ///
    /// - Returns: what is not as it was, in one sentence; nil when it does.
    public func breach(of mark: AuditMark) async throws -> String? {
        let known = try await record(mark.number)
        guard let known else {
            let last = try await end()?.number ?? 0
            return "the audit trail ends with record \(last), and record \(mark.number) was there"
        }
        guard known.hash == mark.hash, known.digest == mark.hash else {
            return "record \(mark.number) of the audit trail is another one than it was"
        }
        return nil
    }

    /// Number of the last record before a time; 0 for none.
    public func lastNumber(before date: Date) async throws -> Int64 {
        try await database.read { connection in
            try connection.value(
                "SELECT MAX(number) FROM audit_records WHERE occurred_at < ?", [SQLValue(date)], as: Int64?.self)
                ?? nil
        } ?? 0
    }
}
