// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Where an object of the directory says that an address is its own.
///
/// Exchange keeps `proxyAddresses` unique among all recipients of a tenant. Nothing keeps `mail` unique, and a user
/// principal name is a name to sign in with: both prove something only as long as nobody else claims the address
/// (docs/decisions/0013-one-address-one-person.md).
public struct AddressSource: OptionSet, Sendable, Hashable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let userPrincipalName = AddressSource(rawValue: 1)
    public static let mail = AddressSource(rawValue: 2)
    public static let proxyAddress = AddressSource(rawValue: 4)

    /// Longer ones are none (RFC 5321 §4.5.3.1.3), and no column would hold them.
    private static let maximumLength = 254

    /// The addresses by each attribute that the answer carried; an attribute it left out says nothing. All in the form
    /// in which they are compared.
    static func addresses(in attributes: [String: JSONValue]) -> [(source: AddressSource, addresses: Set<String>)] {
        var found: [(source: AddressSource, addresses: Set<String>)] = []
        if let name = attributes["userPrincipalName"] { found.append((.userPrincipalName, keys([name.string]))) }
        if let mail = attributes["mail"] { found.append((.mail, keys([mail.string]))) }
        if let proxies = attributes["proxyAddresses"] {
            let entries = (proxies.array ?? []).compactMap(\.string)
            found.append((.proxyAddress, keys(entries.map(smtpAddress))))
        }
        return found
    }

    /// The address of an entry of `proxyAddresses`; nil for entries of other kinds.
    static func smtpAddress(_ entry: String) -> String? {
        foldedCase(entry.prefix(5)) == "smtp:" ? String(entry.dropFirst(5)) : nil
    }

    private static func keys(_ addresses: [String?]) -> Set<String> {
        Set(addresses.compactMap(\.self).filter { $0.contains("@") && $0.utf8.count <= maximumLength }.map(foldedCase))
    }

    /// Whether two addresses, or names to sign in with, are the same but for capitals; nil is another one than any.
    public static func isSame(_ one: String?, _ other: String?) -> Bool {
        // By bytes: to Swift, a `K` and the sign for kelvin are the same text.
        one.map { Array(foldedCase($0).utf8) } == other.map { Array(foldedCase($0).utf8) }
    }

    /// How addresses and domains are compared: ASCII letters in lower case, everything else as it is. Folding more would
    /// make one address of two, such as of a `K` and the sign for kelvin.
    public static func foldedCase(_ text: some StringProtocol) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }
}
