// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Which attributes of a person are read and watched. Another selection needs a new first pass, because delta links
/// remember the one they were made with.
public struct DirectorySelection: Sendable, Hashable {
    /// What names, logon certificates and delivery need (wire/graph-directory.md section 5). `otherMails` is left out:
    /// nobody has verified those addresses.
    public static let standard = [
        "id", "accountEnabled", "userPrincipalName", "mail", "proxyAddresses", "displayName", "givenName", "surname",
        "preferredLanguage", "employeeId", "userType", "onPremisesSecurityIdentifier", "securityIdentifier",
        "onPremisesImmutableId", "onPremisesSyncEnabled", "onPremisesUserPrincipalName", "onPremisesSamAccountName",
        "onPremisesDomainName",
    ]

    public let attributes: [String]
    private let known: Set<String>

    /// - Parameter further: attributes that templates use beyond the standard ones, such as `department`.
    public init(further: [String] = []) {
        attributes = Self.standard + Set(further).subtracting(Self.standard).sorted()
        known = Set(attributes)
    }

    /// The value of `$select`.
    var list: String { attributes.joined(separator: ",") }

    /// The selected attributes that a Graph object carries. Lists of text are sorted: Entra ID promises no order, and a
    /// mere change of order must not look like a change of the person.
    func read(_ item: JSONValue) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        for (key, value) in item.object ?? [:] where known.contains(key) {
            let words = value.array?.compactMap(\.string)
            result[key] = words.map { $0.count == value.array?.count ? JSONValue($0.sorted()) : value } ?? value
        }
        return result
    }
}
