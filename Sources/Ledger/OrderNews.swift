// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Store

/// Something about an order that people may want to be told, left by the transaction in which it happened for whoever tells them.
///
/// A row stays until it is read and removed, so the order of commits does not matter: what is committed late is found late.
public struct OrderNews: Sendable {
    public enum Kind: String, Sendable, CaseIterable, SQLRepresentable {
        /// The certificate is in use.
        case active
        case rejected
        case failed
        /// A certificate that was in use is revoked.
        case revoked
        /// The order waits for a person's decision.
        case held
        /// The order waits for the person whose certificate it is.
        case waiting

        /// What a change of an order means; nil for what nobody needs to be told.
        init?(_ before: Order, _ after: Order) {
            let isChanged = after.stage != before.stage
            switch after.stage {
            case .active where isChanged && before.stage.isOpen: self = .active
            case .rejected where isChanged: self = .rejected
            case .failed where isChanged: self = .failed
            case .revoked where isChanged && before.stage == .active: self = .revoked
            default:
                if after.isHeld, !before.isHeld {
                    self = .held
                } else if after.wait == .subscriber, before.wait != .subscriber {
                    self = .waiting
                } else {
                    return nil
                }
            }
        }
    }

    public let kind: Kind
    /// The number of the order's event; together with the order it names the news for ever.
    public let sequence: Int
    public let at: Date
    /// As it is when the news is read.
    public let order: Order
    /// The order's certificate; nil before there is one.
    public let certificate: CertificateRecord?

    static let migration = Migration("ledger-24-news") { sql in
        [
            """
            CREATE TABLE order_news (
                order_id \(sql.integer) NOT NULL,
                sequence_number \(sql.integer) NOT NULL,
                \(sql.column("kind", 20)) NOT NULL,
                occurred_at \(sql.integer) NOT NULL,
                PRIMARY KEY (order_id, sequence_number))
            """
        ]
    }

    /// Takes all away, untold.
    public static func removeAll(on connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM order_news")
    }

    /// Takes news away, with the transaction that makes them known.
    public static func remove(_ news: [OrderNews], on connection: any SQLConnection) throws {
        for one in news {
            try connection.execute(
                "DELETE FROM order_news WHERE order_id = ? AND sequence_number = ?",
                [.integer(one.order.id), SQLValue(one.sequence)])
        }
    }
}

extension OrderTable {
    /// Leaves the news of changes that are some.
    func leaveNews(_ saves: [OrderSave]) throws {
        try connection.insert(
            into: "order_news", ["order_id", "sequence_number", "kind", "occurred_at"],
            rows: saves.compactMap { save in
                guard !save.events.isEmpty, let kind = OrderNews.Kind(save.before, save.after) else { return nil }
                return [
                    .integer(save.after.id), SQLValue(save.after.eventCount), SQLValue(kind), SQLValue(now),
                ]
            })
    }
}

extension OrderLedger {
    /// News that nobody has removed yet, at most `limit`, in the order of their orders.
    ///
    /// - Throws: `StoreError`.
    public func news(limit: Int) async throws -> [OrderNews] {
        let now = now()
        return try await database.read { connection in
            let rows = try connection.query(
                """
                SELECT order_id, sequence_number, kind, occurred_at FROM order_news ORDER BY order_id, sequence_number \
                \(connection.dialect.page(limit, 0))
                """
            ) {
                (
                    id: try $0[0] as Int64, sequence: try $0[1] as Int, kind: try $0[2] as OrderNews.Kind,
                    at: try $0[3] as Date
                )
            }
            var (orders, certificates): ([Int64: Order], [Int64: CertificateRecord]) = ([:], [:])
            for list in SQLValueList.lists(Array(Set(rows.map(\.id)))) {
                for order in try OrderTable(connection: connection, now: now).all(
                    "WHERE id IN (\(list.places))", list.parameters)
                { orders[order.id] = order }
            }
            for list in SQLValueList.lists(orders.values.compactMap(\.certificateID)) {
                for record in try CertificateTable(connection: connection, now: now).all(
                    "WHERE id IN (\(list.places))", list.parameters)
                { certificates[record.id] = record }
            }
            return rows.compactMap { row in
                orders[row.id].map {
                    OrderNews(
                        kind: row.kind, sequence: row.sequence, at: row.at, order: $0,
                        certificate: $0.certificateID.flatMap { certificates[$0] })
                }
            }
        }
    }
}
