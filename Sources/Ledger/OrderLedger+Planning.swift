// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension OrderLedger {
    /// Puts the intent on record.
    ///
    /// - Throws: `LedgerError.alreadyOpen` or `.alreadyActive` with the order that stands in the way.
    public func plan(_ new: NewOrder) async throws -> Order {
        let now = now()
        return try await database.write { connection in
            let table = OrderTable(connection: connection, now: now)
            if let obstacle = try table.obstacle(new.template, new.subscriberID, replacing: new.replaces) {
                throw obstacle
            }
            return try table.insert(new)
        }
    }

    /// Puts many intents on record in one transaction and leaves out those that `plan(_:)` would refuse. A batch holds up
    /// other writers while it runs; 500 orders are a good size.
    public func plan(batch: [NewOrder]) async throws -> (made: [Order], skipped: Int) {
        let now = now()
        return try await database.write { connection in
            let table = OrderTable(connection: connection, now: now)
            var made: [Order] = []
            for new in batch
            where try table.obstacle(new.template, new.subscriberID, replacing: new.replaces) == nil {
                made.append(try table.insert(new))
            }
            return (made, batch.count - made.count)
        }
    }

    /// Where each of these subscribers stands with a template; those without any order are left out. Index look-ups only.
    public func standings(
        template: String, subscriberIDs: [String]
    ) async throws -> [String: SubscriberStanding] {
        try await database.read { connection in
            var standings: [String: SubscriberStanding] = [:]
            for subscriberID in subscriberIDs {
                let orders = try connection.query(
                    """
                    SELECT orders.*, certificates.not_after FROM orders \
                    LEFT JOIN certificates ON certificates.id = orders.certificate_id \
                    WHERE orders.template = ? AND orders.subscriber_id = ? ORDER BY orders.id DESC
                    """, [.text(template), .text(subscriberID)]
                ) { row in
                    SubscriberStanding(
                        subscriberID: subscriberID, orderID: try row["id"], reference: try row["reference"],
                        backendCA: try row["backend_ca"], product: try row["product"], stage: try row["stage"],
                        isHeld: try row["held"], updatedAt: try row["updated_at"],
                        certificateID: try row["certificate_id"], notAfter: try row["not_after"])
                }
                standings[subscriberID] =
                    orders.first { $0.stage.isOpen } ?? orders.first { $0.stage == .active } ?? orders.first
            }
            return standings
        }
    }
}

extension OrderTable {
    /// The order that forbids planning another one: an open one, or an active one that is not to be replaced.
    func obstacle(_ template: String, _ subscriberID: String, replacing: Int64?) throws -> LedgerError? {
        let openKey = Order.openKey(template: template, subscriberID: subscriberID)
        if let open = try first(where: "open_key = ?", [.text(openKey)]) { return .alreadyOpen(open) }
        let active = try first(
            where: "template = ? AND subscriber_id = ? AND stage = ?",
            [.text(template), .text(subscriberID), SQLValue(OrderStage.active)])
        if let active, active.id != replacing { return .alreadyActive(active) }
        return nil
    }

    func insert(_ new: NewOrder) throws -> Order {
        let order = Order(
            id: try Self.ids.take(on: connection), reference: OrderReference.random(), template: new.template,
            backendCA: new.backendCA, product: new.product, subscriberID: new.subscriberID,
            userPrincipalName: new.userPrincipalName, names: new.names, request: new.request, replaces: new.replaces,
            stage: .planned, attempt: 0, caIdentifiers: [:], detail: new.reason, cancelRequested: false, failures: 0,
            nextActionAt: new.nextActionAt?.roundedToMilliseconds, createdAt: now, updatedAt: now, eventCount: 1,
            fence: 0)
        try insert(order, OrderChange.Event(kind: "planned", message: new.reason, data: [:]))
        return order
    }
}
