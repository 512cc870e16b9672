// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import PKIX

/// What a subject says of the names that were asked for. Alternative names are compared by `IssuedCertificateCheck`.
struct CertifiedNames {
    private static let types: KeyValuePairs = [
        "commonName": "CN", "givenName": "GN", "surname": "SN", "pseudonym": "pseudonym", "organization": "O",
        "organizationalUnit": "OU", "locality": "L", "state": "ST", "country": "C",
    ]

    private let asked: RequestedNames
    private let subject: DistinguishedName

    init(_ order: IssuedOrder) {
        asked = order.request.names
        subject = order.leaf.subject
    }

    /// Attributes of the subject say what was asked, letter by letter; a CA may leave some out or set its own.
    var wrong: [String] {
        // Whom the CA knows as the customer it may name itself.
        let organizations = [asked.organization].compactMap(\.self) + values("O")
        let people = [asked.givenName, asked.surname].compactMap(\.self)
        let commonNames =
            [asked.commonName, asked.pseudonym].compactMap(\.self) + organizations + asked.emails
            + [people.joined(separator: " "), people.reversed().joined(separator: " ")]
        let expected: [(String, String, [String])] = [
            ("CN", "common name", commonNames), ("GN", "given name", [asked.givenName].compactMap(\.self)),
            ("SN", "surname", [asked.surname].compactMap(\.self)),
            ("pseudonym", "pseudonym", [asked.pseudonym].compactMap(\.self)),
        ]
        return expected.flatMap { type, title, allowed in
            values(type).filter { !allowed.contains($0) }.map { "\(title) \"\($0)\" was not asked for" }
        }
    }

    /// Those of `keys` that were asked for in the subject.
    func asked(_ keys: [String]) -> [String] {
        keys.filter { key in Self.types.contains { $0.key == key } && asked.json[key]?.string != nil }
    }

    /// Those of `keys` that were asked for and do not stand in the subject. The common name may tell the names of a person.
    func missing(_ keys: [String]) -> [String] {
        asked(keys).filter { key in
            guard let value = asked.json[key]?.string else { return false }
            let isPerson = ["givenName", "surname"].contains(key)
            return !Self.types.contains { $0.key == key && values($0.value).contains(value) }
                && !(isPerson && values("CN").contains { $0.contains(value) })
        }
    }

    /// Those of `keys` that were asked for and have no attribute of their own in the subject.
    func withoutAttribute(_ keys: [String]) -> [String] {
        asked(keys).filter { key in
            !Self.types.contains { $0.key == key && values($0.value).contains(asked.json[key]?.string ?? "") }
        }
    }

    private func values(_ type: String) -> [String] {
        subject.attributes.filter { $0.type == type }.map(\.value)
    }
}
