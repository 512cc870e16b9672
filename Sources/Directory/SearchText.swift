// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// What a person is found by, kept beside the person so that a search reads columns and opens nobody's attributes.
struct SearchText {
    /// The display name without case and accents.
    let name: String
    /// Addresses in lower case, a line break before and after each.
    let addresses: String

    init(_ person: DirectoryPerson) {
        name = Self.folded(person.displayName ?? "")
        let all = person.smtpAddresses.map { AddressSource.foldedCase($0) }
        addresses = all.isEmpty ? "" : "\n" + all.joined(separator: "\n") + "\n"
    }

    static func folded(_ text: String) -> String {
        // Most names are plain, and the general way costs a hundred times as much.
        text.utf8.allSatisfy { $0 < 0x80 }
            ? AddressSource.foldedCase(text)
            : text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }

    /// Writes it for those who were stored before there was one.
    static func complete(on connection: any SQLConnection) throws {
        let missing = try connection.query(
            "SELECT id, attributes FROM directory_users WHERE search_name IS NULL"
        ) { DirectoryPerson(id: try $0[0], attributes: try $0[1]) }
        for person in missing {
            let text = SearchText(person)
            try connection.execute(
                "UPDATE directory_users SET search_name = ?, search_addresses = ? WHERE id = ?",
                [.text(text.name.storable), .text(text.addresses.storable), .text(person.id)])
        }
    }
}
