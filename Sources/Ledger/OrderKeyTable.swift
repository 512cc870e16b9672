// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// The table `order_keys`. An erased key must be in no file any more, and an engine that moves a row to another page may
/// leave its bytes behind. So rows are only appended, are overwritten by as many zeros, and are never deleted or made
/// smaller: then nothing makes an engine move them.
struct OrderKeyTable {
    let connection: any SQLConnection

    static let ids = IdentifierSequence("order_keys")

    /// The newest key of an order.
    func key(of orderID: Int64) throws -> OrderKey? {
        try connection.query(
            "SELECT erased, sealed, public_key, csr FROM order_keys WHERE order_id = ? ORDER BY id", [.integer(orderID)]
        ) { row in
            let isErased: Bool = try row["erased"]
            return OrderKey(
                sealed: isErased ? nil : try row["sealed"], publicKey: try row["public_key"], csr: try row["csr"])
        }.last
    }

    /// The newest key that is still sealed, of whatever order, with the order's reference.
    func newestSealed() throws -> (reference: String, bytes: [UInt8])? {
        let newest: [(reference: String, bytes: [UInt8])] = try connection.query(
            """
            SELECT o.reference AS reference, k.sealed AS sealed FROM order_keys k JOIN orders o ON o.id = k.order_id \
            WHERE k.id = (SELECT MAX(id) FROM order_keys WHERE erased = 0)
            """, []
        ) { row in (reference: try row["reference"] as String, bytes: try row["sealed"] as [UInt8]) }
        return newest.first
    }

    /// - Parameter isFirst: whether the order surely has no other key to erase.
    func insert(_ keys: [(key: OrderKey, order: Order, isFirst: Bool)]) throws {
        for entry in keys where !entry.isFirst { try erase(of: entry.order) }
        let columns = ["order_id", "erased", "public_key", "csr", "sealed_size", "sealed"]
        let rows = keys.map { key, order, _ -> [SQLValue] in
            let sealed = key.sealed ?? []
            return [
                .integer(order.id), SQLValue(key.sealed == nil), .blob(key.publicKey), .blob(key.csr),
                SQLValue(sealed.count), .blob(sealed),
            ]
        }
        guard rows.count != 1 else {
            // Without a question for the number.
            try Self.ids.advance(on: connection)
            try connection.execute(
                """
                INSERT INTO order_keys (id, \(columns.joined(separator: ", "))) \
                VALUES (\(Self.ids.current), ?, ?, ?, ?, ?, ?)
                """, rows[0])
            return
        }
        guard !rows.isEmpty else { return }
        let first = try Self.ids.take(rows.count, on: connection)
        try connection.insert(
            into: "order_keys", ["id"] + columns,
            rows: rows.enumerated().map { [.integer(first + Int64($0.offset))] + $0.element })
    }

    func erase(of order: Order) throws {
        let stored = try connection.query(
            "SELECT id, sealed_size FROM order_keys WHERE order_id = ? AND erased = 0", [.integer(order.id)]
        ) { (id: try $0["id"] as Int64, size: try $0["sealed_size"] as Int) }
        for key in stored {
            try connection.execute(
                "UPDATE order_keys SET sealed = ?, erased = 1 WHERE id = ?",
                [.blob(Array(repeating: 0, count: key.size)), .integer(key.id)])
        }
    }
}
