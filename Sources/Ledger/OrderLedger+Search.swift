// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// What older programs find orders and certificates by; this one has `OrderNameTable`.
extension OrderLedger {
    /// Ids of one batch of the migration.
    private static let batch: Int64 = 4000

    static let searchMigration = Migration(
        "ledger-12-search",
        fill: { connection, last in
            let ends: [Int64] = try ["orders", "certificates"].map { table in
                try connection.value("SELECT MAX(id) FROM \(table)", as: Int64?.self).flatMap { $0 } ?? 0
            }
            guard let end = ends.max(), end > last else { return nil }
            let range = [SQLValue.integer(last), .integer(last + batch)]
            try fill("orders", [("search_name", "user_principal_name")], range, on: connection)
            try fill(
                "certificates", [("search_name", "user_principal_name"), ("search_addresses", "email_addresses")],
                range,
                on: connection)
            return last + batch
        }
    ) { dialect in
        [("orders", "search_name"), ("certificates", "search_name"), ("certificates", "search_addresses")].map {
            "ALTER TABLE \($0.0) ADD \($0.1) \(dialect.longText)"
        }
    }

    /// What every engine folds alike is left to it; the few rows where it does not are written one by one.
    private static func fill(
        _ table: String, _ columns: [(folded: String, source: String)], _ range: [SQLValue],
        on connection: any SQLConnection
    ) throws {
        let condition = "id > ? AND id <= ?"
        let folding = columns.map { "\($0.folded) = LOWER(\($0.source))" }.joined(separator: ", ")
        try connection.execute("UPDATE \(table) SET \(folding) WHERE \(condition)", range)
        for (folded, source) in columns {
            var others: [(id: Int64, text: String)] = []
            try connection.forEachRow("SELECT id, \(source), \(folded) FROM \(table) WHERE \(condition)", range) {
                row in
                let (text, stored): (String, String) = (try row[1], try row[2])
                let folded = text.folded
                // Byte by byte: to Swift, other bytes may be the same text.
                if !folded.utf8.elementsEqual(stored.utf8) { others.append((try row[0], folded)) }
            }
            for (id, text) in others {
                try connection.execute("UPDATE \(table) SET \(folded) = ? WHERE id = ?", [.text(text), .integer(id)])
            }
        }
    }
}
