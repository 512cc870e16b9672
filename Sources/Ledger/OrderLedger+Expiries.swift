// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// What the passing of time does to certificates.
extension OrderLedger {
    /// Kind of the event of an order whose certificate was over before it could be delivered.
    public static let undeliveredEvent = "expiredUndelivered"

    /// Certificates of one transaction.
    private static let expiriesAtOnce = 500

    /// Puts on record whose time is over: the certificate has expired, and with it ends the order by which it was in use. One whose order
    /// is still under way is left to that. Where a clock had run ahead, what it ended is taken back. Costs two index look-ups where there
    /// is nothing to note.
    ///
    /// - Parameter lease: the right to decide, where several nodes may have it.
    /// - Returns: how many certificates have expired, or are valid again.
    /// - Throws: `LedgerError.notInCharge`, `StoreError`.
    @discardableResult
    public func noteExpiries(under lease: NodeLease? = nil) async throws -> Int {
        let inForce = SQLValueList([CertificateStatus.active, .superseded].map(\.rawValue))
        let open = SQLValueList(OrderStage.allCases.filter(\.isOpen).map(\.rawValue))
        let over = """
            c.status IN (\(inForce.places)) AND c.not_after <= ? AND NOT EXISTS \
            (SELECT 1 FROM orders o WHERE o.id = c.order_id AND o.stage IN (\(open.places)))
            """
        let expired = try await each(over, inForce.parameters, open.parameters, under: lease) { order, id, table in
            guard order.stage == .active, order.certificateID == id else {
                return try CertificateTable(connection: table.connection, now: table.now).set(.expired, of: id)
            }
            var after = order
            let change = OrderChange("expired", "the time of its certificate is over").stage(.expired)
            change.apply(to: &after)
            try table.save(order, as: after, change.events)
        }
        let again = try await each(
            "c.status = ? AND c.not_after > ?", [SQLValue(CertificateStatus.expired)], under: lease
        ) {
            order, id, table in
            let others = try table.all(
                "WHERE template = ? AND subscriber_id = ? AND id <> ?",
                [.text(order.template), .text(order.subscriberID), .integer(order.id)])
            let isInUse =
                order.stage == .expired && order.certificateID == id
                && !others.contains { $0.stage.isOpen || $0.stage == .active }
            if isInUse {
                var after = order
                let undelivered: Int =
                    try table.connection.value(
                        "SELECT COUNT(*) FROM order_events WHERE order_id = ? AND kind = ?",
                        [.integer(order.id), .text(Self.undeliveredEvent)]) ?? 0
                let change = OrderChange("restored", "its certificate is valid still: the clock had run ahead").stage(
                    undelivered > 0 ? .issued : .active)
                change.apply(to: &after)
                try table.save(order, as: after, change.events)
            }
            try CertificateTable(connection: table.connection, now: table.now).set(
                isInUse ? .active : .superseded, of: id)
        }
        return expired + again
    }

    /// Goes through the certificates of a condition with the order of each, locked, until none is left.
    ///
    /// - Parameters:
    ///   - condition: on `c`; its parameters are `first`, the time of now, and `last`.
    ///   - body: must make the condition untrue of the certificate.
    private func each(
        _ condition: String, _ first: [SQLValue], _ last: [SQLValue] = [], under lease: NodeLease?,
        _ body: @escaping @Sendable (Order, Int64, OrderTable) throws -> Void
    ) async throws -> Int {
        let now = now()
        var count = 0
        while true {
            let page = try await database.read { connection in
                try connection.query(
                    """
                    SELECT c.id AS id, c.order_id AS order_id FROM certificates c WHERE \(condition) ORDER BY c.id \
                    \(connection.dialect.page(Self.expiriesAtOnce, 0))
                    """, first + [SQLValue(now)] + last
                ) { (id: try $0["id"] as Int64, order: try $0["order_id"] as Int64) }
            }
            guard !page.isEmpty else { return count }
            try await database.write { connection in
                try lease?.require(on: connection)
                let table = OrderTable(connection: connection, now: now, node: lease?.owner)
                // In the order of their ids, so that two who lock several do not wait for each other.
                for entry in page.sorted(by: { $0.order < $1.order }) {
                    let order = try table.locked(entry.order)
                    let isMeant: Int? = try connection.value(
                        "SELECT 1 FROM certificates c WHERE \(condition) AND c.id = ?",
                        first + [SQLValue(now)] + last + [.integer(entry.id)])
                    if isMeant != nil { try body(order, entry.id, table) }
                }
            }
            count += page.count
        }
    }
}
