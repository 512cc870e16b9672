// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import PKIX

/// Compares the subject of a certificate with the names that were asked for.
///
/// Places and units may be the CA's own (`free`); everything else names a person or an organization and must be what was asked, what
/// the template or the profile accepts, or is left out.
struct SubjectComparison {
    /// The names of attributes in templates and profiles, and their types in a subject.
    static let types: KeyValuePairs = [
        "commonName": "CN", "givenName": "GN", "surname": "SN", "pseudonym": "pseudonym", "organization": "O",
        "organizationIdentifier": "organizationIdentifier", "serialNumber": "serialNumber", "title": "title",
        "initials": "initials", "generationQualifier": "generationQualifier", "userID": "UID", "name": "name",
        "dnQualifier": "dnQualifier",
    ]

    /// Say where or in what part of the organization somebody is, or, as the identifier of an organization, repeat its name.
    private static let free: Set<String> = [
        "C", "ST", "L", "street", "postalCode", "DC", "OU", "businessCategory", "organizationIdentifier", "2.5.4.97",
        "jurisdictionL", "jurisdictionST", "jurisdictionC",
    ]

    /// The sign of an address, and what people take for it: small and full width.
    private static let ats: Set<Unicode.Scalar> = ["@", "\u{FE6B}", "\u{FF20}"]

    let names: RequestedNames
    let accepted: AcceptedDifferences

    static func knows(_ key: String) -> Bool {
        types.contains { $0.key == key } || key.wholeMatch(of: /[0-2](\.[0-9]+)+/) != nil
    }

    func problems(_ subject: DistinguishedName) -> [IssuedCertificateProblem] { subject.attributes.compactMap(problem) }

    private func problem(_ attribute: DistinguishedName.Attribute) -> IssuedCertificateProblem? {
        let key = Self.types.first { $0.value == attribute.type }?.key ?? attribute.type
        let rule = accepted.subject[key]
        let isAddress = attribute.value.unicodeScalars.contains { Self.ats.contains($0) }
        if attribute.type == "emailAddress" || isAddress && rule == nil && Self.free.contains(attribute.type) {
            let asked = names.emails.map { ComparableName(alternativeName: $0) }
            return asked.contains(ComparableName(alternativeName: attribute.value))
                ? nil : IssuedCertificateProblem("address \(attribute.value) was not asked for")
        }
        if rule == nil, Self.free.contains(attribute.type) { return nil }
        var allowed = asked(key)
        if case .values(let values)? = rule { allowed += values }
        let known = Set(allowed.map { ComparableName(attribute: $0) })
        guard !known.contains(ComparableName(attribute: attribute.value)) else { return nil }
        let sentence = "\(key) \"\(attribute.value)\" was not asked for"
        // An address is a name of somebody wherever it stands.
        if rule == .remark, !isAddress { return IssuedCertificateProblem(sentence, .remark) }
        return IssuedCertificateProblem(
            sentence + "; if it is right for this template, say so in its accept.subject.\(key)")
    }

    /// What an attribute may say. A CA makes the common name of the other names, and names from the common name.
    private func asked(_ key: String) -> [String] {
        let own = [names.commonName, names.pseudonym].compactMap(\.self) + names.emails + names.hosts
        let organizations = [names.organization].compactMap(\.self) + values("organization")
        switch key {
        case "commonName":
            let person = [names.givenName, names.surname].compactMap(\.self)
            return own + organizations + [person, person.reversed()].map { $0.joined(separator: " ") }
                + [person.reversed().joined(separator: ", ")]
        case "organization": return organizations
        case "givenName": return names.givenName.map { [$0] } ?? own
        case "surname": return names.surname.map { [$0] } ?? own
        case "pseudonym": return names.pseudonym.map { [$0] } ?? []
        default: return []
        }
    }

    private func values(_ key: String) -> [String] {
        if case .values(let values)? = accepted.subject[key] { values } else { [] }
    }
}
