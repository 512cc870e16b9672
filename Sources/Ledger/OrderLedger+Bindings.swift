// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// By what people sign in with their certificates.
extension OrderLedger {
    static let bindingMigration = Migration("ledger-17-certificate-bindings") { sql in
        [
            """
            CREATE TABLE certificate_bindings (
                certificate_id \(sql.integer) NOT NULL PRIMARY KEY,
                \(sql.column("subscriber_id", 64)) NOT NULL,
                value \(sql.longText) NOT NULL,
                bound_at \(sql.integer) NOT NULL,
                removed_at \(sql.integer),
                FOREIGN KEY (certificate_id) REFERENCES certificates (id))
            """,
            "CREATE INDEX certificate_bindings_removed ON certificate_bindings (removed_at)",
        ]
    }

    /// Puts a value on record before it is written, so that it is taken away one day whatever happens.
    ///
    /// - Returns: false when it was on record.
    @discardableResult
    public func bind(_ binding: CertificateBinding) async throws -> Bool {
        let now = now()
        return try await writeBesideOthers { connection in
            let id = SQLValue.integer(binding.certificateID)
            let known = try connection.query(
                "SELECT removed_at FROM certificate_bindings WHERE certificate_id = ?", [id]
            ) { try $0["removed_at"] as Date? }.first
            switch known {
            case nil:
                try connection.insert(
                    into: "certificate_bindings", ["certificate_id", "subscriber_id", "value", "bound_at"],
                    rows: [[id, .text(binding.subscriberID), .text(binding.value), SQLValue(now)]])
                return true
            case .some(nil): return false
            case .some(.some):
                try connection.execute(
                    "UPDATE certificate_bindings SET removed_at = NULL, bound_at = ? WHERE certificate_id = ?",
                    [SQLValue(now), id])
                return true
            }
        }
    }

    /// Values of certificates that are over: revoked, past their end, or withdrawn; and of those whose revocation has left, or waits for a
    /// person at a CA that cannot be asked: whoever has wanted it revoked wants nobody to sign in by it.
    public func endedBindings(limit: Int) async throws -> [CertificateBinding] {
        let now = now()
        return try await database.read { connection in
            try connection.query(
                """
                SELECT b.certificate_id, b.subscriber_id, b.value FROM certificate_bindings b \
                JOIN certificates c ON c.id = b.certificate_id WHERE b.removed_at IS NULL \
                AND (c.status IN (?, ?) OR c.not_after <= ? OR EXISTS (SELECT 1 FROM certificate_actions a \
                WHERE a.certificate_id = b.certificate_id AND ((a.kind = ? AND a.state = ?) \
                OR (a.kind = ? AND (a.state IN (?, ?) OR a.held = 1 AND a.state = ?))))) \
                ORDER BY b.certificate_id \(connection.dialect.page(limit, 0))
                """,
                [
                    SQLValue(CertificateStatus.revoked), SQLValue(CertificateStatus.expired), SQLValue(now),
                    SQLValue(CertificateAction.Kind.withdraw), SQLValue(CertificateAction.State.done),
                    SQLValue(CertificateAction.Kind.revoke), SQLValue(CertificateAction.State.doing),
                    SQLValue(CertificateAction.State.done), SQLValue(CertificateAction.State.asked),
                ]
            ) { row in
                CertificateBinding(
                    certificateID: try row["certificate_id"], subscriberID: try row["subscriber_id"],
                    value: try row["value"])
            }
        }
    }

    /// The person has the value no more.
    public func noteUnbound(_ certificateIDs: [Int64]) async throws {
        let now = now()
        try await database.write { connection in
            for list in SQLValueList.lists(certificateIDs) {
                try connection.execute(
                    "UPDATE certificate_bindings SET removed_at = ? WHERE certificate_id IN (\(list.places))",
                    [SQLValue(now)] + list.parameters)
            }
        }
    }

    /// The value by which a person signs in with a certificate; nil for one that is not for that, or not any more.
    public func binding(ofCertificate id: Int64) async throws -> String? {
        try await database.read { connection in
            try connection.value(
                "SELECT value FROM certificate_bindings WHERE certificate_id = ? AND removed_at IS NULL", [.integer(id)]
            )
        }
    }
}
