// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

/// What a name of a certificate may be, whatever the CA: what does not fit a request, what no reader of a certificate would
/// see as it is, and what a directory holds by mistake only. Nothing is shortened or cleaned: a certificate says the name
/// that the directory says, or is not ordered (docs/decisions/0028-names-as-they-are.md).
enum NameBounds {
    /// Addresses in one certificate. More make a certificate that mail programs and directories are slow with or refuse.
    static let addresses = 100

    /// Longest text by name, in characters: RFC 5280 appendix A.1; for given name and surname, where it allows 32,768, what
    /// Microsoft Graph lets an account have; for what becomes no attribute, what Active Directory takes.
    private static let lengths = [
        ("commonName", 64, rfc5280), ("givenName", 64, "Microsoft Graph, user"),
        ("surname", 64, "Microsoft Graph, user"),
        ("organization", 64, rfc5280), ("organizationalUnit", 64, rfc5280), ("locality", 128, rfc5280),
        ("state", 128, rfc5280), ("pseudonym", 128, rfc5280),
        ("userPrincipalName", 1024, "Active Directory, userPrincipalName"),
        ("securityIdentifier", 184, "[MS-DTYP] 2.4.2.1"), ("accountName", 256, "Active Directory, sAMAccountName"),
    ]
    private static let rfc5280 = "RFC 5280 appendix A.1"

    /// Why no certificate can be ordered with these names; nil when one can.
    static func obstacle(_ names: RequestedNames) -> String? {
        let made = names.json
        for key in RequestedNames.keys {
            guard let text = made[key]?.string, let scalar = HiddenScalar.first(in: text) else { continue }
            return "\(key) holds \(scalar), which nobody sees in a certificate; correct it in the directory"
        }
        for (key, bound, source) in lengths {
            guard let text = made[key]?.string, text.unicodeScalars.count > bound else { continue }
            return "\(key) is longer than \(bound) characters (\(source)); shorten it in the template"
        }
        if names.emails.count > addresses {
            return
                "has \(names.emails.count) mail addresses, and \(addresses) go into one certificate; choose some with "
                + "names.emails or addressDomains of the template"
        }
        if let country = names.country, country.utf8.count != 2 || !country.allSatisfy({ $0.isASCII && $0.isLetter }) {
            return "country \"\(SafeText.sentence(country).prefix(20))\" is no ISO 3166 code of two letters"
        }
        if let identifier = names.securityIdentifier, !isSecurityIdentifier(identifier) {
            return "securityIdentifier is none: expected S-1-5-21-…"
        }
        return nil
    }

    /// [MS-DTYP] 2.4.2.1.
    private static func isSecurityIdentifier(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return (4...18).contains(parts.count) && parts[0] == "S" && parts[1] == "1"
            && parts.dropFirst(2).allSatisfy {
                !$0.isEmpty && $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
    }
}
