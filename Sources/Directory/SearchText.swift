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

    private init(name: String, addresses: String) {
        self.name = name
        self.addresses = addresses
    }

    init(_ person: DirectoryPerson) {
        name = Self.folded(person.displayName ?? "")
        let all = person.smtpAddresses.map { AddressSource.foldedCase($0) }
        addresses = all.isEmpty ? "" : "\n" + all.joined(separator: "\n") + "\n"
    }

    /// What `directory_names` finds the person by.
    func names(_ userPrincipalName: String, _ dialect: SQLDialect) -> Set<String> {
        let addresses = addresses.split(separator: "\n").map(String.init)
        let texts = [name, AddressSource.foldedCase(userPrincipalName)] + addresses
        return Set(texts.flatMap { $0.storable.searchedEnds }.map { dialect.cut($0, to: DirectorySchema.nameLength) })
    }

    static func folded(_ text: String) -> String {
        // Most names are plain, and the general way costs a hundred times as much.
        text.utf8.allSatisfy { $0 < 0x80 }
            ? AddressSource.foldedCase(text)
            : text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }

    /// A person as an older program has stored it.
    init(_ row: SQLRow) throws {
        guard let name = try row["search_name"] as String?, let addresses = try row["search_addresses"] as String?
        else {
            self.init(DirectoryPerson(id: try row["id"], attributes: try row["attributes"]))
            return
        }
        self.init(name: name, addresses: addresses)
    }
}
