// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Store

/// The table `audit_records`, append-only; its last number is a counter, whose row is the head of the chain.
struct AuditTable {
    /// Letters of a name at most: those of a user principal name.
    static let nameLength = 320

    static let numbers = IdentifierSequence("audit_records")

    let connection: any SQLConnection

    static let migration = Migration("records-1-audit") { sql in
        [
            """
            CREATE TABLE audit_records (
                number \(sql.integer) NOT NULL PRIMARY KEY,
                occurred_at \(sql.integer) NOT NULL,
                \(sql.column("actor", nameLength)) NOT NULL,
                \(sql.column("actor_kind", 20)) NOT NULL,
                \(sql.column("origin", 100)) NOT NULL,
                \(sql.column("node", 100)),
                \(sql.column("action", 60)) NOT NULL,
                \(sql.column("object_kind", 40)) NOT NULL,
                \(sql.column("object_id", nameLength)) NOT NULL,
                \(sql.column("person", nameLength)),
                was \(sql.longText),
                became \(sql.longText),
                \(sql.column("outcome", 20)) NOT NULL,
                reason \(sql.longText) NOT NULL,
                \(sql.column("previous_hash", 64)) NOT NULL,
                \(sql.column("hash", 64)) NOT NULL)
            """,
            "CREATE INDEX audit_records_object ON audit_records (object_id)",
            "CREATE INDEX audit_records_person ON audit_records (person)",
            "CREATE INDEX audit_records_time ON audit_records (occurred_at)",
            numbers.creation,
        ] + sql.appendOnly("audit_records")
    }

    static let columnNames = [
        "number", "occurred_at", "actor", "actor_kind", "origin", "node", "action", "object_kind", "object_id",
        "person",
        "was", "became", "outcome", "reason", "previous_hash", "hash",
    ]
    static let columns = columnNames.joined(separator: ", ")

    /// Puts entries at the end of the chain, in their order. From here to the end of the transaction nobody else does.
    ///
    /// - Parameter own: the time where the database has none, or its time is not asked for.
    func append(_ entries: [AuditEntry], _ origin: AuditOrigin, at own: Date, usesDatabaseTime: Bool) throws {
        try Self.numbers.advance(by: Int64(entries.count), on: connection)
        let time = usesDatabaseTime ? connection.dialect.now : nil
        let head = try connection.query(
            "SELECT last_id, \(time ?? "0") FROM id_sequences WHERE name = ?", [.text(Self.numbers.name)]
        ) { (last: try $0[0] as Int64, now: try $0[1] as Date) }[0]
        let before = head.last - Int64(entries.count)
        // Where somebody has taken the last one away, the chain begins anew behind it: work goes on, and whoever verifies sees it.
        var previous =
            try connection.value("SELECT hash FROM audit_records WHERE number = ?", [.integer(before)])
            ?? AuditRecord.beginning
        var rows: [[SQLValue]] = []
        for (place, entry) in entries.enumerated() {
            let record = AuditRecord(
                entry, number: before + 1 + Int64(place), at: time == nil ? own : head.now, origin: origin,
                previous: previous, connection.dialect)
            previous = record.hash
            rows.append(Self.values(record))
        }
        try connection.insert(into: "audit_records", Self.columnNames, rows: rows)
    }

    private static func values(_ record: AuditRecord) -> [SQLValue] {
        [
            .integer(record.number), SQLValue(record.at), .text(record.actor), .text(record.actorKind),
            .text(record.origin), SQLValue(record.node), .text(record.action), .text(record.objectKind),
            .text(record.objectID), SQLValue(record.person), SQLValue(record.before.map(CanonicalJSON.text)),
            SQLValue(record.after.map(CanonicalJSON.text)), .text(record.outcome), .text(record.reason),
            .text(record.previous), .text(record.hash),
        ]
    }

    static func record(_ row: SQLRow) throws -> AuditRecord {
        AuditRecord(
            number: try row["number"], at: try row["occurred_at"], actor: try row["actor"],
            actorKind: try row["actor_kind"], origin: try row["origin"], node: try row["node"],
            action: try row["action"], objectKind: try row["object_kind"], objectID: try row["object_id"],
            person: try row["person"], before: try json(row["was"]), after: try json(row["became"]),
            outcome: try row["outcome"], reason: try row["reason"], previous: try row["previous_hash"],
            hash: try row["hash"])
    }

    /// What is no JSON any more is shown as the text it is; its hash tells that somebody has changed it.
    private static func json(_ text: String?) throws -> JSONValue? {
        text.map { text in (try? JSONValue(parsing: text)) ?? .string(text) }
    }

    /// Records behind a number, in their order.
    func records(after number: Int64, limit: Int) throws -> [AuditRecord] {
        try connection.query(
            "SELECT \(Self.columns) FROM audit_records WHERE number > ? ORDER BY number "
                + connection.dialect.page(limit, 0), [.integer(number)], Self.record)
    }
}
