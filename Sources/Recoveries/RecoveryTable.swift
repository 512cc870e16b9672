// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
import Store

/// The rows of recoveries, on one connection.
struct RecoveryTable {
    let connection: any SQLConnection

    static let columns = """
        id, kind, certificate_id, order_id, serial_number, subscriber, subscriber_id, requester, requester_id, purpose, \
        approvals, state, created_at, lapses_at, decider, decider_id, decided_at, cause, fetched_at, agent, \
        agent_fingerprint, password_package
        """

    func insert(_ new: NewRecovery, at now: Date) throws -> Recovery {
        let id = try RecoveryTables.recoveryIDs.take(on: connection)
        let cut = connection.dialect.cut
        let recovery = Recovery(
            id: id, kind: new.kind, certificateID: new.certificateID, orderID: new.orderID,
            serialNumber: new.serialNumber, subscriber: cut(new.subscriber, 320), subscriberID: new.subscriberID,
            requester: RecoveryPerson(name: cut(new.requester.name, 320), id: new.requester.id),
            purpose: new.purpose.storable, approvals: new.approvals,
            state: new.approvals > 1 ? .waiting : .approved, createdAt: now,
            lapsesAt: now.addingTimeInterval(new.lifetime).roundedToMilliseconds)
        try connection.insert(
            into: "recoveries",
            [
                "id", "kind", "certificate_id", "order_id", "serial_number", "subscriber", "subscriber_id", "requester",
                "requester_id", "purpose", "approvals", "state", "created_at", "lapses_at",
            ],
            rows: [
                [
                    .integer(id), SQLValue(recovery.kind), .integer(recovery.certificateID), .integer(recovery.orderID),
                    .text(recovery.serialNumber), .text(recovery.subscriber), .text(recovery.subscriberID),
                    .text(recovery.requester.name), SQLValue(recovery.requester.id?.text), .text(recovery.purpose),
                    SQLValue(recovery.approvals), SQLValue(recovery.state), SQLValue(recovery.createdAt),
                    SQLValue(recovery.lapsesAt),
                ]
            ])
        return recovery
    }

    /// - Parameter clauses: from WHERE on.
    func all(_ clauses: String, _ parameters: [SQLValue], lock: SQLRowLock = .none) throws -> [Recovery] {
        try connection.query(
            "SELECT \(Self.columns) FROM recoveries\(lock.hint) \(clauses)\(lock.clause)", parameters, Self.recovery)
    }

    func save(_ recovery: Recovery) throws {
        try connection.execute(
            """
            UPDATE recoveries SET state = ?, decider = ?, decider_id = ?, decided_at = ?, cause = ?, fetched_at = ?, \
            agent = ?, agent_fingerprint = ?, password_package = ? WHERE id = ?
            """,
            [
                SQLValue(recovery.state), SQLValue(recovery.decider?.name), SQLValue(recovery.decider?.id?.text),
                SQLValue(recovery.decidedAt), SQLValue(recovery.cause?.storable), SQLValue(recovery.fetchedAt),
                SQLValue(recovery.agent), SQLValue(recovery.agentFingerprint), SQLValue(recovery.passwordPackage),
                .integer(recovery.id),
            ])
    }

    private static func owner(_ text: String?) -> OwnerID? { text.map(OwnerID.init(text:)) }

    static func recovery(_ row: SQLRow) throws -> Recovery {
        let decider: String? = try row["decider"]
        return Recovery(
            id: try row["id"], kind: try row["kind"], certificateID: try row["certificate_id"],
            orderID: try row["order_id"], serialNumber: try row["serial_number"], subscriber: try row["subscriber"],
            subscriberID: try row["subscriber_id"],
            requester: RecoveryPerson(name: try row["requester"], id: try Self.owner(row["requester_id"])),
            purpose: try row["purpose"], approvals: try row["approvals"], state: try row["state"],
            createdAt: try row["created_at"], lapsesAt: try row["lapses_at"],
            decider: try decider.map { RecoveryPerson(name: $0, id: try Self.owner(row["decider_id"])) },
            decidedAt: try row["decided_at"], cause: try row["cause"], fetchedAt: try row["fetched_at"],
            agent: try row["agent"], agentFingerprint: try row["agent_fingerprint"],
            passwordPackage: try row["password_package"])
    }
}
