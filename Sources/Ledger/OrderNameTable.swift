// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Store

/// The table `order_names`: what an order and its certificates are found by, folded by us, one row for each name and for each of
/// its ends that begins with a word. A search reads the range of an index, however many orders there are.
struct OrderNameTable {
    /// Letters of a name at most: those of a user principal name.
    static let length = 320
    /// Ids of one batch of the migration.
    private static let batch: Int64 = 2000

    let connection: any SQLConnection

    static let migration = Migration("ledger-18-names", fill: fill) { sql in
        [
            """
            CREATE TABLE order_names (
                \(sql.column("name", length)) NOT NULL, order_id \(sql.integer) NOT NULL,
                PRIMARY KEY (name, order_id))
            """,
            "CREATE INDEX order_names_order ON order_names (order_id)",
        ]
    }

    private static func names(_ texts: [String], _ dialect: SQLDialect) -> Set<String> {
        Set(texts.flatMap { $0.storable.folded.searchedEnds }.map { dialect.cut($0, to: length) })
    }

    /// What an order is found by before it has a certificate.
    static func names(of order: Order, _ dialect: SQLDialect) -> Set<String> {
        names([order.userPrincipalName] + RequestedNames(json: order.names).searched, dialect)
    }

    /// For orders that have none yet.
    func insert(_ orders: [Order]) throws {
        try insert(orders.map { ($0.id, Self.names(of: $0, connection.dialect)) })
    }

    /// What the certificate has beside what was asked for; costs nothing where that is the same.
    func add(_ addresses: [String], of order: Order) throws {
        let dialect = connection.dialect
        let more = Self.names(addresses, dialect).subtracting(Self.names(of: order, dialect))
        guard !more.isEmpty else { return }
        let known = Set(
            try connection.query("SELECT name FROM order_names WHERE order_id = ?", [.integer(order.id)]) {
                try $0[0] as String
            })
        try insert([(order.id, more.subtracting(known))])
    }

    private func insert(_ names: [(id: Int64, names: Set<String>)]) throws {
        try connection.insert(
            into: "order_names", ["name", "order_id"],
            rows: names.flatMap { entry in entry.names.sorted().map { [.text($0), .integer(entry.id)] } })
    }

    /// Writes the names of orders that have none: for those of an older program, some thousands at once.
    private static func fill(_ connection: any SQLConnection, _ last: Int64) throws -> Int64? {
        let end = try connection.value("SELECT MAX(id) FROM orders", as: Int64?.self).flatMap { $0 } ?? 0
        guard end > last else { return nil }
        try OrderNameTable(connection: connection).complete(from: last, to: last + batch)
        return last + batch
    }

    /// Writes the names of the orders with these ids that have none.
    ///
    /// - Parameter first: not itself.
    func complete(from first: Int64, to last: Int64) throws {
        let range = [SQLValue.integer(first), .integer(last)]
        var texts: [Int64: [String]] = [:]
        try connection.forEachRow(
            """
            SELECT id, user_principal_name, names FROM orders WHERE id > ? AND id <= ? \
            AND NOT EXISTS (SELECT 1 FROM order_names n WHERE n.order_id = orders.id)
            """, range
        ) { row in
            let names: JSONValue = try row[2]
            texts[try row[0]] = [try row[1]] + RequestedNames(json: names).searched
        }
        guard !texts.isEmpty else { return }
        try connection.forEachRow(
            "SELECT order_id, email_addresses FROM certificates WHERE order_id > ? AND order_id <= ?", range
        ) { row in
            let addresses: JSONValue = try row[1]
            texts[try row[0]]? += addresses.array?.compactMap(\.string) ?? []
        }
        let dialect = connection.dialect
        // In the order of their key, which most engines keep the table in.
        try connection.insert(
            into: "order_names", ["name", "order_id"],
            rows: texts.flatMap { id, texts in Self.names(texts, dialect).map { (name: $0, id: id) } }
                .sorted { ($0.name, $0.id) < ($1.name, $1.id) }.map { [.text($0.name), .integer($0.id)] })
    }

    /// Ids of orders, as `found_id`, with a name that begins so.
    static func beginning(with text: String) -> (sql: String, parameters: [SQLValue]) {
        let (condition, parameters) = SQLConditions.beginning("name", with: text.folded)
        return ("SELECT order_id AS found_id FROM order_names WHERE \(condition)", parameters)
    }
}

extension RequestedNames {
    /// Those that people search by.
    var searched: [String] { emails + hosts + [userPrincipalName].compactMap(\.self) }
}
