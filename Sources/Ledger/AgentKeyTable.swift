// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// Every key to which a record of the archive was ever encrypted, a few rows: who makes an agent's certificate once more with another
/// key is found out by it before a record is taken for the new key's. Rows stay, as copies of the database do.
struct AgentKeyTable {
    static let migration = Migration("ledger-25-agent-keys") { sql in
        [
            "ALTER TABLE archived_keys ADD agent_keys \(sql.longText)",
            """
            CREATE TABLE archive_agent_keys (
                \(sql.column("name", 64)) NOT NULL,
                \(sql.column("key_digest", 64)) NOT NULL,
                since \(sql.integer) NOT NULL,
                PRIMARY KEY (name, key_digest))
            """,
        ]
    }

    let connection: any SQLConnection

    func keys(of name: String) throws -> Set<String> {
        Set(
            try connection.query("SELECT key_digest FROM archive_agent_keys WHERE name = ?", [.text(name)]) {
                try $0[0] as String
            })
    }

    func note(_ keys: AgentKeys, at now: Date) throws {
        for (name, key) in keys.pairs where try !self.keys(of: name).contains(key) {
            // Another node may have been here a moment before.
            try connection.put(
                into: "archive_agent_keys", key: ["name": .text(name), "key_digest": .text(key)],
                values: ["since": SQLValue(now)])
        }
    }
}
