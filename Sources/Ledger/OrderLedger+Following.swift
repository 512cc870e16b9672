// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// Following what happens to orders. Every event has a number that counts on through all orders in the order of the commits, on every node:
/// what has a smaller number than one that was seen was there to be seen.
extension OrderLedger {
    /// Number of the last event; 0 before the first.
    ///
    /// - Throws: `StoreError`.
    public func lastEventNumber() async throws -> Int64 {
        try await database.read { try OrderTable.events.last(on: $0) }
    }

    /// References of the orders of which something has happened after an event. Costs one range of an index.
    ///
    /// - Parameter limit: events at most.
    /// - Returns: each order once, the number of the last event that was looked at, and whether there are more.
    /// - Throws: `StoreError`.
    public func ordersChanged(
        after number: Int64, limit: Int
    ) async throws -> (references: [String], last: Int64, isCutOff: Bool) {
        let events = try await database.read { connection in
            try connection.query(
                """
                SELECT e.event_number, o.reference FROM order_events e JOIN orders o ON o.id = e.order_id \
                WHERE e.event_number > ? ORDER BY e.event_number \(connection.dialect.page(limit + 1, 0))
                """, [.integer(number)]
            ) { (number: try $0[0] as Int64, reference: try $0[1] as String) }
        }
        let shown = events.prefix(limit)
        var seen: Set<String> = []
        return (
            shown.map(\.reference).filter { seen.insert($0).inserted }, shown.last?.number ?? number,
            events.count > limit
        )
    }
}
