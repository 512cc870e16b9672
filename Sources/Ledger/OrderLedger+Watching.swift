// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments
import Records
import Store

/// What is compared with what CAs and Intune really hold.
extension OrderLedger {
    /// Who has taken out of Intune what nobody here has asked for.
    public static let intune = "Intune"

    /// A CA certificate below which there are certificates in force, with one of them.
    public struct IssuerInUse: Sendable {
        public let backendCA: String
        public let issuer: String
        /// The newest.
        public let example: CertificateRecord
    }

    /// The issuers of the certificates that are in force, by backend CA. Reads the certificates once.
    public func issuersInUse() async throws -> [IssuerInUse] {
        let now = now()
        return try await database.read { connection in
            let newest = try connection.query(
                """
                SELECT backend_ca, issuer, MAX(id) AS newest FROM certificates WHERE status IN (?, ?) AND not_after > ? \
                GROUP BY backend_ca, issuer
                """, [SQLValue(CertificateStatus.active), SQLValue(CertificateStatus.superseded), SQLValue(now)]
            ) { try $0["newest"] as Int64 }
            let table = CertificateTable(connection: connection, now: now)
            return try newest.compactMap { id in
                try table.all("WHERE id = ?", [.integer(id)]).first.map {
                    IssuerInUse(backendCA: $0.backendCA, issuer: $0.issuer, example: $0)
                }
            }
        }
    }

    /// Serial numbers of certificates of one issuer that are not over, for which `isMeant` holds; it also learns whether they are revoked.
    /// Goes through them one by one.
    public func serialNumbers(
        backendCA: String, issuer: String,
        where isMeant: @escaping @Sendable (_ serialNumber: String, _ isRevoked: Bool) -> Bool
    ) async throws -> [String] {
        let now = now()
        return try await database.read { connection in
            var numbers: [String] = []
            try connection.forEachRow(
                """
                SELECT serial_number, issuer, status FROM certificates \
                WHERE backend_ca = ? AND status IN (?, ?, ?) AND not_after > ?
                """,
                [
                    .text(backendCA), SQLValue(CertificateStatus.active), SQLValue(CertificateStatus.superseded),
                    SQLValue(CertificateStatus.revoked), SQLValue(now),
                ]
            ) { row in
                let number: String = try row["serial_number"]
                let status: CertificateStatus = try row["status"]
                if try row["issuer"] as String == issuer, isMeant(number, status == .revoked) { numbers.append(number) }
            }
            return numbers
        }
    }

    /// Active orders that were delivered before `date` and whose certificate nobody has withdrawn, in the order of their ids.
    public func activeOrders(
        after id: Int64, updatedBefore date: Date, limit: Int
    ) async throws -> [(order: Order, thumbprint: String, notAfter: Date)] {
        let now = now()
        return try await database.read { connection in
            let page = connection.dialect.page(limit, 0)
            let orders = try OrderTable(connection: connection, now: now).all(
                "WHERE stage = ? AND id > ? AND updated_at < ? ORDER BY id \(page)",
                [SQLValue(OrderStage.active), .integer(id), SQLValue(date)])
            var facts: [Int64: (String, Date)] = [:]
            for list in SQLValueList.lists(orders.compactMap(\.certificateID)) {
                try connection.forEachRow(
                    """
                    SELECT id, sha1_fingerprint, not_after FROM certificates WHERE id IN (\(list.places))
                    """, list.parameters
                ) { facts[try $0[0]] = (try $0[1], try $0[2]) }
            }
            return orders.compactMap { order in
                order.certificateID.flatMap { facts[$0] }.map { (order, $0.0, $0.1) }
            }
        }
    }

    /// Puts on record that a certificate is no longer in Intune though nobody here took it out: a withdrawal that has happened.
    ///
    /// - Returns: false, and nothing is written, when a withdrawal is on record.
    @discardableResult
    public func noteWithdrawn(certificateID: Int64, _ sentence: String) async throws -> Bool {
        let now = now()
        return try await writeBesideOthers { connection in
            let table = CertificateActionTable(connection: connection, now: now)
            guard
                let record = try CertificateTable(connection: connection, now: now)
                    .all("WHERE id = ?", [.integer(certificateID)]).first
            else { return false }
            let orders = OrderTable(connection: connection, now: now)
            let order = try orders.locked(record.orderID)
            let key = CertificateAction.openKey(.withdraw, certificateID)
            guard try table.standing([certificateID])[key] == nil else { return false }
            let action = CertificateAction(
                id: try CertificateActionTable.ids.take(on: connection), kind: .withdraw,
                certificateID: certificateID, orderID: order.id, backendCA: order.backendCA, cause: sentence,
                actor: Self.intune, askedAt: now, state: .done, attempts: 0, failures: 0, detail: sentence,
                takenAt: now, seenAt: now, seenIn: "Intune", looks: 0, updatedAt: now, fence: 0)
            try table.insert([action])
            _ = try orders.note(action, OrderChange.Event(kind: "deletedInIntune", message: sentence, data: [:]), order)
            // What follows, the planner decides.
            try orders.noteStandings(of: [order])
            try AuditTrail.record(
                action.audited(.noticeDeletion, record.serialNumber, by: .intune, person: order.userPrincipalName),
                on: connection)
            return true
        }
    }
}
