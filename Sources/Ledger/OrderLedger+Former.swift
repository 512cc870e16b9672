// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

/// Orders that had left for a CA and ended without a certificate. What a CA says of an order may be about another one, or come from
/// somebody on the way, and people err: so their keys are kept for a while.
extension OrderLedger {
    /// Those of the same person and template, before `order`, whose key is kept; the newest first. None that ended by the word of a
    /// person who has looked.
    public func formerOrders(of order: Order, limit: Int) async throws -> [Order] {
        let now = now()
        return try await database.read { connection in
            try OrderTable(connection: connection, now: now).all(
                """
                WHERE template = ? AND subscriber_id = ? AND id < ? AND \(Self.isKept) AND NOT EXISTS \
                (SELECT 1 FROM order_events e WHERE e.order_id = orders.id AND e.sequence_number = orders.event_count AND e.kind = ?) \
                ORDER BY id DESC \(connection.dialect.page(limit, 0))
                """,
                [.text(order.template), .text(order.subscriberID), .integer(order.id)] + Self.ends
                    + [.text(Self.saidAbsentEvent)])
        }
    }

    /// Kind of the event of a former order that has gone on in the place of another one.
    public static let revivedEvent = "revived"

    private static let ends = [
        SQLValue(OrderStage.rejected), SQLValue(OrderStage.cancelled), SQLValue(OrderStage.failed),
    ]
    private static let isKept = """
        stage IN (?, ?, ?) AND certificate_id IS NULL AND attempt > 0 AND EXISTS \
        (SELECT 1 FROM order_keys k WHERE k.order_id = orders.id AND k.erased = 0)
        """

    /// The CA has a former order after all: it goes on with its key, in the place of one that has not left.
    ///
    /// - Parameter reason: what the CA says of it.
    /// - Returns: the order of `claim`, which has ended.
    /// - Throws: `LedgerError.leaseLost`; `.notPossible` when the order has left, or the former one cannot go on.
    public func revive(_ formerID: Int64, insteadOf claim: Claim, because reason: String) async throws -> Order {
        let now = now()
        return try await database.write { connection in
            let table = OrderTable(connection: connection, now: now)
            let former = try table.locked(formerID)
            let order = try table.order(of: claim)
            guard OrderStage.beforeSubmission.contains(order.stage), order.attempt == 0, !former.stage.isOpen,
                former.certificateID == nil, order.template == former.template,
                order.subscriberID == former.subscriberID,
                try OrderKeyTable(connection: connection).key(of: formerID)?.sealed != nil
            else {
                throw LedgerError.notPossible(
                    "order \(former.reference) cannot go on: its key is erased, or it is open")
            }
            let withdrawal = OrderChange(
                OrderEnding.withdrawnEvent,
                "the CA has order \(former.reference) of the same person, which goes on instead"
            ).stage(.cancelled)
            var ended = order
            withdrawal.apply(to: &ended)
            let saved = try table.save(order, as: ended, withdrawal.events)
            let revival = OrderChange(Self.revivedEvent, reason).stage(.submitted).doubt(nil, reason)
            var alive = former
            revival.apply(to: &alive)
            alive.holdReason = nil
            try table.save(former, as: alive, revival.events)
            return saved
        }
    }

    /// Erases the keys of such orders, save failed ones, which may be retried.
    ///
    /// - Parameter date: those that nothing has happened to since.
    /// - Returns: of how many.
    public func eraseKeptKeys(endedBefore date: Date, limit: Int = 500) async throws -> Int {
        let now = now()
        return try await database.write { connection in
            let table = OrderTable(connection: connection, now: now)
            let orders = try table.all(
                "WHERE \(Self.isKept) AND stage <> ? AND updated_at < ? ORDER BY id \(connection.dialect.page(limit, 0))",
                Self.ends + [SQLValue(OrderStage.failed), SQLValue(date)], lock: connection.dialect.rowLock)
            for order in orders {
                try OrderKeyTable(connection: connection).erase(of: order)
                let event = OrderChange.Event(
                    kind: "keyErased", message: "its private key is erased, for the order ended long ago", data: [:])
                try table.save(order, as: order, [event])
            }
            return orders.count
        }
    }
}
