// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// A person, or the account behind a shared mailbox, as the directory describes it.
public struct DirectoryPerson: Sendable, Hashable {
    /// Object id, lower case; never changes and is the only key to store.
    public let id: String
    /// The selected attributes with the names Graph gives them: the input of jq programs.
    public let attributes: JSONValue
    /// Primary addresses of the shared mailboxes that the person may open, by alphabet; empty where that was not looked up.
    public internal(set) var mailboxAddresses: [String] = []

    public init(id: String, attributes: JSONValue) {
        self.id = id
        self.attributes = attributes
    }

    public var userPrincipalName: String { attributes["userPrincipalName"]?.string ?? "" }
    /// Absent without a mailbox; may differ from the user principal name.
    public var mail: String? { attributes["mail"]?.string }
    /// As stored in Entra ID, with prefixes such as `SMTP:`, `smtp:`, `SIP:` and `X500:`.
    public var proxyAddresses: [String] { attributes["proxyAddresses"]?.array?.compactMap(\.string) ?? [] }
    public var displayName: String? { attributes["displayName"]?.string }
    public var givenName: String? { attributes["givenName"]?.string }
    public var surname: String? { attributes["surname"]?.string }
    /// False for a blocked account, and normally for the account behind a shared mailbox.
    public var isAccountEnabled: Bool { attributes["accountEnabled"]?.bool ?? true }
    /// Such as `de-DE`.
    public var preferredLanguage: String? { attributes["preferredLanguage"]?.string }
    /// Invited from another organisation.
    public var isGuest: Bool { AddressSource.foldedCase(attributes["userType"]?.string ?? "") == "guest" }
    public var employeeId: String? { attributes["employeeId"]?.string }
    /// `S-1-5-21-…` of the synchronised account, absent for cloud accounts.
    public var onPremisesSecurityIdentifier: String? { attributes["onPremisesSecurityIdentifier"]?.string }
    /// `S-1-12-1-…`, derived from the id.
    public var securityIdentifier: String? { attributes["securityIdentifier"]?.string }

    /// The person's mail addresses: the primary one first, then the aliases by alphabet, each once whatever its case.
    ///
    /// The primary one is the `SMTP:` entry, else `mail`. Entries of other kinds are no mail addresses.
    public var smtpAddresses: [String] {
        let entries = proxyAddresses.compactMap { entry in
            AddressSource.smtpAddress(entry).map { (isPrimary: entry.hasPrefix("SMTP:"), address: $0) }
        }
        let primary = entries.filter(\.isPrimary).map(\.address)
        let aliases = entries.filter { !$0.isPrimary }.map(\.address)
        var seen: Set<String> = []
        return (primary + [mail ?? ""] + aliases.sorted()).filter {
            $0.contains("@") && seen.insert(AddressSource.foldedCase($0)).inserted
        }
    }

    /// The addresses that the directory says are this person's, each with where it says so, in the form of `AddressSource.foldedCase`.
    /// Reads all of them.
    public var addressSources: [String: AddressSource] {
        AddressSource.addresses(in: attributes.object ?? [:]).reduce(into: [:]) { found, part in
            for address in part.addresses { found[address, default: []].insert(part.source) }
        }
    }
}
