// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension DirectoryMirror {
    /// People whom a text names exactly, whatever its case: object id, user principal name, primary address or alias. A
    /// handful of index look-ups.
    ///
    /// - Throws: `StoreError`.
    public func people(named text: String) async throws -> [DirectoryPerson] {
        let key = SQLValue(AddressSource.foldedCase(text))
        return try await database.read { connection in
            var ids: [String] = []
            for condition in [
                "id = ?", "user_principal_name = ?", "mail = ?",
                "id IN (SELECT owner_id FROM directory_addresses WHERE address = ?)",
            ] {
                ids += try connection.query(
                    "SELECT id FROM directory_users WHERE \(condition) ORDER BY is_deleted, id", [key]
                ) { try $0[0] as String }.filter { !ids.contains($0) }
            }
            return try ids.flatMap { try Self.people("WHERE id = ?", [.text($0)], on: connection) }
        }
    }

    /// People whose name has the text in it, whatever case and accents, and those who had it as an address before they were
    /// deleted. Reads two columns of everybody: for a person who has typed something else than an address.
    ///
    /// - Throws: `StoreError`.
    public func people(called text: String, limit: Int) async throws -> [DirectoryPerson] {
        let (name, address) = (SearchText.folded(text), AddressSource.foldedCase(text))
        guard !name.isEmpty else { return [] }
        let isIncomplete = try await database.read { connection in
            try connection.value(
                "SELECT COUNT(*) FROM directory_users WHERE search_name IS NULL", as: Int.self) ?? 0 > 0
        }
        if isIncomplete { try await database.write { try SearchText.complete(on: $0) } }
        let patterns = [name, "\n\(address)\n"].map { SQLValue.text(SQLConditions.pattern(containing: $0)) }
        return try await database.read { connection in
            try Self.people(
                "WHERE search_name LIKE ? ESCAPE '!' OR search_addresses LIKE ? ESCAPE '!' ORDER BY id "
                    + connection.dialect.page(limit, 0), patterns, on: connection)
        }
    }

    private static func people(
        _ clause: String, _ parameters: [SQLValue], on connection: any SQLConnection
    ) throws -> [DirectoryPerson] {
        try connection.query("SELECT id, attributes FROM directory_users \(clause)", parameters) { row in
            DirectoryPerson(id: try row[0], attributes: try row[1])
        }
    }
}
