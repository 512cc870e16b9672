// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// A row of a mailbox's permissions, as the cmdlets print it (wire/exchange-online.md section 4).
struct MailboxPermissionRow: Sendable, Hashable {
    let user: String
    let rights: MailboxRights
    /// Whoever is denied may not, whatever other rows allow: Exchange looks at these first.
    let isDenied: Bool

    /// - Parameters:
    ///   - name: the property that names the person: `User` or `Trustee`.
    ///   - right: what of the rights counts: `FullAccess` or `SendAs`.
    /// - Returns: nil for rows that neither give nor deny anything: inherited ones, the mailbox itself, accounts of the system, and
    ///   accounts that are gone.
    init?(_ row: JSONValue, name: String, right: String, means rights: MailboxRights) {
        guard let user = row[name]?.string, !user.isEmpty, Self.truth(row["IsInherited"]) != true else { return nil }
        // What is not plainly an allowance is a denial: a word that is not understood hands out no key.
        isDenied =
            Self.truth(row["Deny"]) ?? true
            || row["AccessControlType"]?.string.map({ $0.lowercased() != "allow" }) ?? false
        // A list, one text, or several in one text.
        let words = row["AccessRights"]?.array?.compactMap(\.string) ?? [row["AccessRights"]?.string ?? ""]
        let given = words.flatMap { $0.split(separator: ",") }.map { $0.filter { $0 != " " }.lowercased() }
        guard given.contains(right.lowercased()), !Self.isOfTheSystem(user) else { return nil }
        self.user = user
        self.rights = rights
    }

    /// Truth values stand as such or as words, by the cmdlet; nil for what is neither. What is absent is false.
    private static func truth(_ value: JSONValue?) -> Bool? {
        guard let value, !value.isNull else { return false }
        if let plain = value.bool { return plain }
        return switch value.string?.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }

    private static func isOfTheSystem(_ user: String) -> Bool {
        let user = user.lowercased()
        return user.hasPrefix("nt authority\\") || user.hasPrefix("s-1-5-21-")
            || user.firstMatch(of: #/^[a-z]{3}pr[a-z0-9]+\\/#) != nil
    }
}
