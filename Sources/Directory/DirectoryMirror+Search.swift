// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
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
    /// deleted. Reads everybody: for a person who has typed something else than an address.
    ///
    /// - Throws: `StoreError`.
    public func people(called text: String, limit: Int) async throws -> [DirectoryPerson] {
        @Sendable func folded(_ text: String) -> String {
            // Most names are plain, and the general way costs a hundred times as much.
            text.utf8.allSatisfy { $0 < 0x80 }
                ? AddressSource.foldedCase(text)
                : text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
        }
        let (name, address) = (folded(text), AddressSource.foldedCase(text))
        guard !name.isEmpty else { return [] }
        return try await database.read { connection in
            var found: [DirectoryPerson] = []
            try connection.forEachRow("SELECT id, attributes FROM directory_users ORDER BY id", []) { row in
                guard found.count < limit else { return }
                let person = DirectoryPerson(id: try row[0], attributes: try row[1])
                if folded(person.displayName ?? "").contains(name)
                    || person.smtpAddresses.contains(where: { AddressSource.foldedCase($0) == address })
                {
                    found.append(person)
                }
            }
            return found
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
