// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Store

extension OrderLedger {
    private static let recoveries = IdentifierSequence("key_recoveries")

    /// Puts an attempt on record, and into the timeline of its order, in one transaction. On disk when it returns: only then may
    /// a key leave.
    public func record(_ attempt: KeyRecoveryAttempt) async throws {
        let now = now()
        try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO key_recoveries (id, occurred_at, order_id, certificate, subscriber, actor, purpose, agent, \
                agent_fingerprint, outcome, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(try Self.recoveries.take(on: connection)), SQLValue(now), SQLValue(attempt.orderID),
                    .text(attempt.certificate), SQLValue(attempt.subscriber), .text(attempt.actor),
                    .text(attempt.purpose),
                    SQLValue(attempt.agent), SQLValue(attempt.agentFingerprint), SQLValue(attempt.outcome),
                    .text(attempt.detail),
                ])
            guard let orderID = attempt.orderID else { return }
            let table = OrderTable(connection: connection, now: now)
            let order = try table.order(orderID)
            let event = OrderChange.Event(
                kind: attempt.eventKind, message: attempt.sentence,
                data: [
                    "by": .string(attempt.actor), "purpose": .string(attempt.purpose),
                    "outcome": .string(attempt.outcome.rawValue),
                    "agentFingerprint": JSONValue(attempt.agentFingerprint),
                ])
            try table.save(order, as: order, [event])
        }
    }

    /// Attempts, newest first.
    ///
    /// - Parameter orderID: those on the key of one order; nil for all.
    public func recoveryAttempts(orderID: Int64? = nil, limit: Int) async throws -> [KeyRecoveryAttempt] {
        var conditions = SQLConditions()
        conditions.add("order_id = ?", orderID)
        let (clause, parameters) = (conditions.clause, conditions.parameters)
        return try await database.read { connection in
            try connection.query(
                "SELECT * FROM key_recoveries \(clause) ORDER BY id DESC \(connection.dialect.page(limit, 0))",
                parameters
            ) { row in
                var attempt = KeyRecoveryAttempt(
                    certificate: try row["certificate"], actor: try row["actor"], purpose: try row["purpose"])
                attempt.at = try row["occurred_at"]
                attempt.orderID = try row["order_id"]
                attempt.subscriber = try row["subscriber"]
                attempt.agent = try row["agent"]
                attempt.agentFingerprint = try row["agent_fingerprint"]
                attempt.outcome = try row["outcome"]
                attempt.detail = try row["detail"]
                return attempt
            }
        }
    }

    /// Archived keys, newest first; the keys themselves are not read.
    ///
    /// - Parameter orderID: that of one order; nil for all.
    public func keptKeys(orderID: Int64? = nil, limit: Int) async throws -> [KeptKey] {
        var conditions = SQLConditions()
        conditions.add("k.order_id = ?", orderID)
        let (clause, parameters) = (conditions.clause, conditions.parameters)
        return try await database.read { connection in
            try connection.query(
                """
                SELECT k.order_id AS order_id, c.serial_number AS serial_number, \
                c.user_principal_name AS user_principal_name, c.template AS template, k.recipients AS recipients, \
                k.created_at AS created_at, (SELECT COUNT(*) FROM key_recoveries r WHERE r.order_id = k.order_id \
                AND r.outcome IN ('recovered', 'exported')) AS recoveries FROM archived_keys k \
                JOIN certificates c ON c.id = k.certificate_id \(clause) \
                ORDER BY k.order_id DESC \(connection.dialect.page(limit, 0))
                """, parameters
            ) { row in
                KeptKey(
                    orderID: try row["order_id"], serialNumber: try row["serial_number"],
                    userPrincipalName: try row["user_principal_name"], template: try row["template"],
                    recipients: try row["recipients"], archivedAt: try row["created_at"],
                    recoveries: try row["recoveries"])
            }
        }
    }
}
