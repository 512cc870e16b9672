// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments
import Records
public import Store

extension OrderLedger {
    static let recoveries = IdentifierSequence("key_recoveries")

    /// Puts an attempt on record, and into the timeline of its order, in one transaction. On disk when it returns: only then may
    /// a key leave.
    public func record(_ attempt: KeyRecoveryAttempt) async throws {
        let now = now()
        try await database.write { try Self.record(attempt, at: now, on: $0) }
    }

    /// The same inside the transaction of what it belongs to.
    ///
    /// - Parameter now: the present time of the store.
    public static func record(
        _ attempt: KeyRecoveryAttempt, at now: Date, on connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO key_recoveries (id, occurred_at, order_id, certificate, subscriber, actor, purpose, agent, \
            agent_fingerprint, outcome, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(try recoveries.take(on: connection)), SQLValue(now), SQLValue(attempt.orderID),
                .text(attempt.certificate), SQLValue(attempt.subscriber), .text(attempt.actor),
                .text(attempt.purpose), SQLValue(attempt.agent), SQLValue(attempt.agentFingerprint),
                SQLValue(attempt.outcome), .text(attempt.detail),
            ])
        try AuditTrail.record(attempt.audited, on: connection)
        guard let orderID = attempt.orderID else { return }
        let table = OrderTable(connection: connection, now: now)
        let order = try table.locked(orderID)
        let event = OrderChange.Event(
            kind: attempt.eventKind, message: attempt.sentence,
            data: [
                "by": .string(attempt.actor), "purpose": .string(attempt.purpose),
                "outcome": .string(attempt.outcome.rawValue),
                "agentFingerprint": JSONValue(attempt.agentFingerprint),
            ])
        try table.save(order, as: order, [event])
    }

    /// Attempts on the key of one order, newest first.
    public func recoveryAttempts(orderID: Int64) async throws -> [KeyRecoveryAttempt] {
        try await database.read { connection in
            try connection.query(
                "SELECT \(Self.attemptColumns) FROM key_recoveries WHERE order_id = ? ORDER BY id DESC",
                [.integer(orderID)], Self.attempt)
        }
    }

    private static let attemptColumns = """
        id, occurred_at, order_id, certificate, subscriber, actor, purpose, agent, agent_fingerprint, outcome, detail
        """

    private static let attemptList = SQLList(
        "(SELECT \(attemptColumns) FROM key_recoveries)",
        keys: [
            ("time", ["occurred_at"]), ("outcome", ["outcome"]), ("user", ["COALESCE(subscriber, '')"]),
            ("certificate", ["certificate"]), ("by", ["actor"]),
        ], identity: ["id"], standard: ListSort("time", isDescending: true))

    /// How attempts are listed.
    public static let attemptSorting = attemptList.sorting

    /// Every attempt, newest first in the list's own order.
    public func recoveryAttempts(_ request: ListRequest = ListRequest()) async throws -> ListPage<KeyRecoveryAttempt> {
        try await database.read { connection in
            try Self.attemptList.page(request, SQLConditions(), on: connection) { try $0.map(Self.attempt) }
        }
    }

    private static func attempt(_ row: SQLRow) throws -> KeyRecoveryAttempt {
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

    private static let keptColumns = """
        order_id, serial_number, user_principal_name, template, recipients, created_at, recoveries
        """

    private static let kept = """
        (SELECT k.order_id AS order_id, c.serial_number AS serial_number, \
        c.user_principal_name AS user_principal_name, c.template AS template, k.recipients AS recipients, \
        k.created_at AS created_at, (SELECT COUNT(*) FROM key_recoveries r WHERE r.order_id = k.order_id \
        AND r.outcome IN ('recovered', 'exported')) AS recoveries FROM archived_keys k \
        JOIN certificates c ON c.id = k.certificate_id)
        """

    /// The archived key of one order; the key itself is not read.
    public func keptKey(orderID: Int64) async throws -> KeptKey? {
        try await database.read { connection in
            try connection.query(
                "SELECT \(Self.keptColumns) FROM \(Self.kept) kept WHERE order_id = ?", [.integer(orderID)],
                Self.keptKey
            ).first
        }
    }

    private static let keyList = SQLList(
        kept,
        keys: [
            ("archived", ["created_at"]), ("user", ["user_principal_name"]), ("template", ["template"]),
            ("serial", ["serial_number"]), ("recoveries", ["recoveries"]),
        ], identity: ["order_id"], standard: ListSort("archived", isDescending: true))

    /// How archived keys are listed.
    public static let keySorting = keyList.sorting

    /// Archived keys, newest first in the list's own order; the keys themselves are not read.
    public func keptKeys(_ request: ListRequest = ListRequest()) async throws -> ListPage<KeptKey> {
        try await database.read { connection in
            try Self.keyList.page(request, SQLConditions(), on: connection) { try $0.map(Self.keptKey) }
        }
    }

    private static func keptKey(_ row: SQLRow) throws -> KeptKey {
        KeptKey(
            orderID: try row["order_id"], serialNumber: try row["serial_number"],
            userPrincipalName: try row["user_principal_name"], template: try row["template"],
            recipients: try row["recipients"], archivedAt: try row["created_at"],
            recoveries: try row["recoveries"])
    }
}
