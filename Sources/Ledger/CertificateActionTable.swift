// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Store

/// The table `certificate_actions`.
struct CertificateActionTable {
    let connection: any SQLConnection
    let now: Date

    static let ids = IdentifierSequence("certificate_actions")

    static let migration = Migration("ledger-14-certificate-actions") { sql in
        [
            """
            CREATE TABLE certificate_actions (
                id \(sql.integer) NOT NULL PRIMARY KEY,
                \(sql.column("open_key", 60)) NOT NULL UNIQUE,
                \(sql.column("lane", 110)) NOT NULL,
                \(sql.column("kind", 20)) NOT NULL,
                certificate_id \(sql.integer) NOT NULL,
                order_id \(sql.integer) NOT NULL,
                \(sql.column("backend_ca", 100)) NOT NULL,
                \(sql.column("reason", 40)),
                cause \(sql.longText) NOT NULL,
                actor \(sql.longText) NOT NULL,
                asked_at \(sql.integer) NOT NULL,
                not_before \(sql.integer),
                \(sql.column("state", 20)) NOT NULL,
                attempts \(sql.integer) NOT NULL,
                failures \(sql.integer) NOT NULL,
                \(sql.column("error_kind", 40)),
                next_action_at \(sql.integer),
                held \(sql.integer) NOT NULL,
                hold_reason \(sql.longText),
                detail \(sql.longText),
                taken_at \(sql.integer),
                seen_at \(sql.integer),
                seen_in \(sql.longText),
                looks \(sql.integer) NOT NULL,
                updated_at \(sql.integer) NOT NULL,
                \(sql.column("lease_owner", 100)),
                lease_until \(sql.integer),
                fence \(sql.integer) NOT NULL,
                due_at \(sql.integer),
                FOREIGN KEY (order_id) REFERENCES orders (id),
                FOREIGN KEY (certificate_id) REFERENCES certificates (id))
            """,
            "CREATE INDEX certificate_actions_due ON certificate_actions (lane, due_at)",
            "CREATE INDEX certificate_actions_certificate ON certificate_actions (certificate_id)",
            "CREATE INDEX certificate_actions_order ON certificate_actions (order_id)",
            "CREATE INDEX certificate_actions_state ON certificate_actions (state, held)",
            "CREATE INDEX certificate_actions_lease ON certificate_actions (lease_owner)",
            ids.creation,
        ]
    }

    /// What is asked for outlives the order that was to do it.
    static let wishMigration = Migration("ledger-15-withdrawn-to-be-replaced") { sql in
        ["ALTER TABLE certificate_actions ADD order_again \(sql.integer)"]
    }

    func all(
        _ clauses: String, _ parameters: [SQLValue], lock: SQLRowLock = .none
    ) throws -> [CertificateAction] {
        try connection.query(
            "SELECT \(Self.names) FROM certificate_actions\(lock.hint) \(clauses)\(lock.clause)", parameters,
            Self.action)
    }

    /// Actions that are about to be changed.
    func locked(_ condition: String, _ parameters: [SQLValue]) throws -> [CertificateAction] {
        try all("WHERE \(condition) ORDER BY id", parameters, lock: connection.dialect.rowLock)
    }

    func insert(_ actions: [CertificateAction]) throws {
        let rows = actions.map { Self.constantColumns($0) + Self.columns($0) }
        try connection.insert(
            into: "certificate_actions", (rows.first ?? []).map(\.name), rows: rows.map { $0.map(\.value) })
    }

    /// Takes actions for a worker; who was faster has them.
    func lease(_ actions: [CertificateAction], to owner: String, until end: Date) throws -> [CertificateAction] {
        try actions.compactMap { action in
            var taken = action
            (taken.leaseOwner, taken.leaseUntil, taken.fence) = (owner, end, action.fence + 1)
            return try save(action, as: taken) ? taken : nil
        }
    }

    /// Writes the difference between two states of an action.
    ///
    /// - Returns: false, and nothing is written, when it is not `before` any more.
    func save(_ before: CertificateAction, as after: CertificateAction) throws -> Bool {
        let columns = zip(Self.columns(before), Self.columns(after)).filter { $0.value != $1.value }.map(\.1)
        guard !columns.isEmpty else { return true }
        let changed = try connection.execute(
            """
            UPDATE certificate_actions SET \(columns.map { "\($0.name) = ?" }.joined(separator: ", ")) \
            WHERE id = ? AND fence = ?
            """, columns.map(\.value) + [.integer(before.id), .integer(before.fence)])
        return changed == 1
    }

    private typealias Column = (name: String, value: SQLValue)

    static let columnNames = [
        "id", "kind", "certificate_id", "order_id", "backend_ca", "reason", "cause", "actor", "asked_at",
        "not_before", "state", "attempts", "failures", "error_kind", "next_action_at", "held", "hold_reason",
        "detail", "taken_at", "seen_at", "seen_in", "looks", "updated_at", "lease_owner", "lease_until", "fence",
        "due_at", "order_again",
    ]
    static let names = columnNames.joined(separator: ", ")

    private static func constantColumns(_ action: CertificateAction) -> [Column] {
        [
            ("id", SQLValue(action.id)), ("lane", .text(action.lane)), ("kind", SQLValue(action.kind)),
            ("certificate_id", SQLValue(action.certificateID)), ("order_id", SQLValue(action.orderID)),
            ("backend_ca", SQLValue(action.backendCA)), ("asked_at", SQLValue(action.askedAt)),
        ]
    }

    private static func columns(_ action: CertificateAction) -> [Column] {
        [
            ("open_key", .text(action.openKey)), ("reason", SQLValue(action.reason?.name)),
            ("cause", .text(action.cause.storable)), ("actor", .text(action.actor.storable)),
            ("not_before", SQLValue(action.notBefore)), ("order_again", action.isOrderedAgain ? .integer(1) : .null),
            ("state", SQLValue(action.state)),
            ("attempts", SQLValue(action.attempts)), ("failures", SQLValue(action.failures)),
            ("error_kind", SQLValue(action.errorKind)), ("next_action_at", SQLValue(action.nextActionAt)),
            ("held", SQLValue(action.isHeld)), ("hold_reason", SQLValue(action.holdReason?.storable)),
            ("detail", SQLValue(action.detail?.storable)), ("taken_at", SQLValue(action.takenAt)),
            ("seen_at", SQLValue(action.seenAt)), ("seen_in", SQLValue(action.seenIn?.storable)),
            ("looks", SQLValue(action.looks)), ("updated_at", SQLValue(action.updatedAt)),
            ("lease_owner", SQLValue(action.leaseOwner)), ("lease_until", SQLValue(action.leaseUntil)),
            ("fence", SQLValue(action.fence)), ("due_at", SQLValue(action.dueAt)),
        ]
    }

    static func action(_ row: SQLRow) throws -> CertificateAction {
        let reason: String? = try row["reason"]
        return CertificateAction(
            id: try row["id"], kind: try row["kind"], certificateID: try row["certificate_id"],
            orderID: try row["order_id"], backendCA: try row["backend_ca"],
            reason: reason.flatMap { RevocationReason(name: $0) }, cause: try row["cause"], actor: try row["actor"],
            askedAt: try row["asked_at"], notBefore: try row["not_before"],
            isOrderedAgain: try row["order_again"] as Int? == 1, state: try row["state"],
            attempts: try row["attempts"], failures: try row["failures"], errorKind: try row["error_kind"],
            nextActionAt: try row["next_action_at"], holdReason: try row["hold_reason"], detail: try row["detail"],
            takenAt: try row["taken_at"], seenAt: try row["seen_at"], seenIn: try row["seen_in"],
            looks: try row["looks"], updatedAt: try row["updated_at"], leaseOwner: try row["lease_owner"],
            leaseUntil: try row["lease_until"], fence: try row["fence"])
    }
}
