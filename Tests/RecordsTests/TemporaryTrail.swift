// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
import Store
import TestSupport

/// A trail of its own in a database of its own.
struct TemporaryTrail {
    let database: TestDatabase
    let recording: RecordingDatabase
    let trail: AuditTrail

    init() async throws { try await self.init(TestDatabase([AuditTrail.migration])) }

    /// Another node on the same database.
    func another() async throws -> TemporaryTrail { try await TemporaryTrail(database.another()) }

    private init(_ database: TestDatabase) throws {
        self.database = database
        recording = RecordingDatabase(
            database, origin: AuditOrigin(command: "certway order cancel", node: "node-1"), usesDatabaseTime: true
        ) { Date(timeIntervalSince1970: 1_800_000_000) }
        trail = AuditTrail(recording)
    }

    /// Puts so many records at the end.
    func fill(_ count: Int) async throws {
        try await recording.write { connection in
            try AuditTrail.record((1...count).map { .sample("cw-\($0)") }, on: connection)
        }
    }

    /// What somebody does who has the rights of the database's owner: triggers do not stop him.
    func tamper(_ statements: String...) async throws {
        try await database.write { connection in
            for statement in connection.dialect.withoutGuard("audit_records") + statements {
                try connection.execute(statement)
            }
        }
    }
}

extension AuditEntry {
    static func sample(_ reference: String, before: JSONValue? = nil, after: JSONValue? = nil) -> AuditEntry {
        AuditEntry(
            .cancelOrder, AuditObject(.order, reference), by: AuditActor("ada", .person),
            person: "bob@example.test", before: before, after: after, reason: "left \"us\"\n– früh 🔑")
    }
}

extension SQLDialect {
    /// Takes away what forbids changes of a table.
    fileprivate func withoutGuard(_ table: String) -> [String] {
        switch name {
        case "postgresql": ["DROP TRIGGER IF EXISTS \(table)_no_change ON \(table)"]
        case "sqlserver": ["DROP TRIGGER IF EXISTS \(table)_no_change"]
        default: ["UPDATE", "DELETE"].map { "DROP TRIGGER IF EXISTS \(table)_no_\($0.lowercased())" }
        }
    }
}
