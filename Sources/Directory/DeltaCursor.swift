// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// A stored delta link.
struct DeltaCursor: Sendable {
    let number: Int64
    var link: String

    /// The links of the groups in one tree, or of all users (owner `users`).
    static func all(of owner: String, on connection: any SQLConnection) throws -> [DeltaCursor] {
        try connection.query(
            "SELECT number, link FROM directory_cursors WHERE owner = ? ORDER BY number", [SQLValue(owner)]
        ) { DeltaCursor(number: try $0[0], link: try $0[1]) }
    }

    /// Stores the link that ends a round, unless the cursor was given up meanwhile.
    func update(owner: String, on connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE directory_cursors SET link = ? WHERE owner = ? AND number = ?",
            [SQLValue(link), SQLValue(owner), SQLValue(number)])
    }

    static func insert(_ links: [String], owner: String, first: Int64, on connection: any SQLConnection) throws {
        for (number, link) in zip(first..., links) {
            try connection.execute(
                "INSERT INTO directory_cursors (owner, number, selection, link) VALUES (?, ?, '', ?)",
                [SQLValue(owner), SQLValue(number), SQLValue(link)])
        }
    }
}
