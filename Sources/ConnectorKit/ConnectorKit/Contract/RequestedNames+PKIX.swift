// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

extension RequestedNames {
    /// The subject for the request, most general attribute first (RFC 4514 shows it the other way round). Most CAs take
    /// the names from their own message and only the key from the request.
    public var distinguishedName: DistinguishedName {
        // An address longer than ub-common-name (RFC 5280 appendix A.1) stands in the alternative names only.
        let address = emails.first.flatMap { $0.unicodeScalars.count <= 64 ? $0 : nil }
        let attributes: [(String, String?)] = [
            ("C", country), ("ST", state), ("L", locality), ("O", organization), ("OU", organizationalUnit),
            ("SN", surname), ("GN", givenName), ("pseudonym", pseudonym), ("CN", commonName ?? address),
        ]
        return DistinguishedName(
            attributes.compactMap { type, value in
                value.flatMap { $0.isEmpty ? nil : DistinguishedName.Attribute(type, $0) }
            })
    }

    public var alternativeNames: [GeneralName] {
        emails.map(GeneralName.rfc822Name) + hosts.map(GeneralName.dNSName)
            + [userPrincipalName].compactMap { $0.map(GeneralName.userPrincipalName) }
    }
}
