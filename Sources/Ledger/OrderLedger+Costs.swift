// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

extension OrderLedger {
    /// The price is the order's own: a template that changes later does not change what was spent.
    static let priceMigration = Migration("ledger-16-prices") { sql in
        [
            "ALTER TABLE orders ADD price \(sql.integer)",
            "ALTER TABLE orders ADD \(sql.column("currency", 3))",
            "ALTER TABLE orders ADD \(sql.column("charged", 10))",
            "CREATE INDEX orders_created ON orders (created_at)",
        ]
    }

    /// What the orders cost that were planned in a time, by template, backend CA, product and price. Reads one index range: the
    /// orders of that time.
    ///
    /// - Parameters:
    ///   - start: from then on.
    ///   - end: before that.
    public func costs(from start: Date, to end: Date) async throws -> [OrderCosts] {
        try await database.read { try Self.costs(from: start, to: end, on: $0) }
    }

    static func costs(from start: Date, to end: Date, on connection: any SQLConnection) throws -> [OrderCosts] {
        let open = SQLValueList(OrderStage.allCases.filter(\.isOpen).map(\.rawValue))
        return try connection.query(
            """
            SELECT template, backend_ca, product, price, currency, state, COUNT(*) FROM (SELECT template, backend_ca, product, \
            price, currency, CASE WHEN certificate_id IS NOT NULL THEN 'issued' WHEN stage IN (\(open.places)) THEN 'open' \
            WHEN charged = ? AND attempt > 0 THEN 'charged' ELSE 'free' END AS state \
            FROM orders WHERE created_at >= ? AND created_at < ?) costs \
            GROUP BY template, backend_ca, product, price, currency, state \
            ORDER BY template, backend_ca, product, price, currency, state
            """, open.parameters + [.text(ChargeRule.placed.rawValue), SQLValue(start), SQLValue(end)]
        ) { row in
            OrderCosts(
                template: try row[0], backendCA: try row[1], product: try row[2],
                price: Money(units: try row[3], currency: try row[4]),
                state: OrderCosts.State(rawValue: try row[5]) ?? .open, count: try row[6])
        }
    }
}
