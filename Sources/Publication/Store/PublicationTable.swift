// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
import Store

/// The table `publications`, on one connection.
struct PublicationTable {
    let connection: any SQLConnection

    /// Of `publications p JOIN certificates c`.
    static let columns = """
        p.certificate_id, p.place, p.subscriber_id, c.user_principal_name, c.serial_number, c.template, c.not_after, p.wanted, \
        p.actual, p.since, p.checked_at, p.next_action_at, p.failures, p.error_kind, p.problem, p.entry_name
        """

    static func record(_ row: SQLRow) throws -> PublicationRecord {
        PublicationRecord(
            certificateID: try row["certificate_id"], place: try row["place"], subscriberID: try row["subscriber_id"],
            userPrincipalName: try row["user_principal_name"], serialNumber: try row["serial_number"],
            template: try row["template"], notAfter: try row["not_after"], isWanted: try row["wanted"],
            actual: try row["actual"], since: try row["since"], checkedAt: try row["checked_at"],
            nextActionAt: try row["next_action_at"], failures: try row["failures"], errorKind: try row["error_kind"],
            problem: try row["problem"], entry: try row["entry_name"])
    }

    func note(_ outcome: PublicationOutcome, at now: Date) throws {
        let before = outcome.before
        let hasChanged = outcome.actual != before.actual
        let changed = try connection.execute(
            """
            UPDATE publications SET actual = ?, since = ?, checked_at = ?, next_action_at = ?, failures = ?, error_kind = ?, \
            problem = ?, entry_name = ? WHERE certificate_id = ? AND place = ? AND wanted = ?
            """,
            [
                SQLValue(outcome.actual), SQLValue(hasChanged ? now : before.since),
                outcome.wasRead ? SQLValue(now) : SQLValue(before.checkedAt), SQLValue(outcome.nextActionAt),
                SQLValue(outcome.error == nil ? 0 : before.failures + 1), SQLValue(outcome.error?.kind.rawValue),
                SQLValue(outcome.error?.message.storable), SQLValue(outcome.entry?.storable),
                .integer(before.certificateID), .text(before.place),
                SQLValue(before.isWanted),
            ])
        guard changed == 1 else { return }
        if outcome.wasDrifted { try record(.noticePublication, outcome, "the directory did not hold what it had held") }
        guard hasChanged else { return }
        switch outcome.actual {
        case .present where before.isWanted: try record(.publishCertificate, outcome, "in use, and read again there")
        case .absent where before.actual == .present || outcome.wasRemoved:
            try record(.unpublishCertificate, outcome, before.isWanted ? "removed by others" : "not in use any more")
        default: break
        }
    }

    private func record(_ action: AuditAction, _ outcome: PublicationOutcome, _ reason: String) throws {
        try AuditTrail.record(
            AuditEntry(
                action, AuditObject(.certificate, outcome.before.serialNumber), by: .service,
                person: outcome.before.userPrincipalName,
                before: [
                    "directory": .string(outcome.before.place), "actual": .string(outcome.before.actual.rawValue),
                ],
                after: ["directory": .string(outcome.before.place), "actual": .string(outcome.actual.rawValue)],
                reason: reason), on: connection)
    }
}
