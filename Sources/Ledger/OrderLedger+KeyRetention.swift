// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

extension OrderLedger {
    /// How long the key of an order that had left is kept after it ended without a certificate.
    public static let keyRetention: TimeInterval = 90 * 86_400
    private static let daysState = "keyRetention.days"

    /// Erases the keys whose time is over; once a day, whichever process asks, and only by a clock that has gone on steadily.
    ///
    /// - Parameter keeping: seconds for which working copies are kept after delivery, to be handed over.
    /// - Throws: `StoreError`.
    public func eraseKeptKeys(keeping: TimeInterval = 0) async throws {
        let now = clock.now()
        var days = SteadyDays(json: try await state(Self.daysState))
        guard days.count(now) else { return }
        while try await eraseWorkingKeys(deliveredBefore: now - keeping) > 0 {}
        if days.areEnough {
            while try await eraseKeptKeys(endedBefore: now - Self.keyRetention) > 0 {}
        }
        try await setState(Self.daysState, days.json)
    }

    /// Erases working copies that were kept after delivery to be handed over, of orders that were delivered and have another key in
    /// the archive or on devices.
    ///
    /// - Parameter date: those delivered before.
    /// - Returns: of how many; bounded, so that it is called again until there are none.
    public func eraseWorkingKeys(deliveredBefore date: Date, limit: Int = 200) async throws -> Int {
        let now = now()
        return try await database.write { connection in
            let table = OrderTable(connection: connection, now: now)
            let stages: [OrderStage] = [.delivered, .published, .active, .superseded, .revoked, .expired]
            let orders = try table.all(
                """
                WHERE stage IN (\(stages.map { _ in "?" }.joined(separator: ", "))) AND EXISTS \
                (SELECT 1 FROM order_keys k WHERE k.order_id = orders.id AND k.erased = 0) AND EXISTS \
                (SELECT 1 FROM order_events e WHERE e.order_id = orders.id AND e.kind = 'workingKeyKept' AND e.occurred_at < ?) \
                ORDER BY id \(connection.dialect.page(limit, 0))
                """, stages.map { SQLValue($0) } + [SQLValue(date)], lock: connection.dialect.rowLock)
            for order in orders {
                try OrderKeyTable(connection: connection).erase(of: order)
                let event = OrderChange.Event(
                    kind: "keyErased", message: "its working copy is erased: the time to hand it over has passed",
                    data: [:])
                try table.save(order, as: order, [event])
            }
            return orders.count
        }
    }
}
