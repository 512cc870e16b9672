// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// The texts in which EJBCA takes names: `CN=Ada,O=Example` and `rfc822name=ada@example.org, upn=…`.
enum EJBCANames {
    /// EJBCA's words for subject attributes, in the order of the encoding, most significant first.
    private static let attributes: [(word: String, type: String)] = [
        ("C", "C"), ("DC", "DC"), ("ST", "ST"), ("L", "L"), ("STREET", "street"), ("POSTALCODE", "postalCode"),
        ("O", "O"), ("ORGANIZATIONIDENTIFIER", "2.5.4.97"), ("OU", "OU"), ("T", "title"), ("SURNAME", "SN"),
        ("GIVENNAME", "GN"), ("PSEUDONYM", "pseudonym"), ("SN", "serialNumber"), ("SERIALNUMBER", "serialNumber"),
        ("UID", "UID"), ("CN", "CN"), ("E", "emailAddress"), ("EMAIL", "emailAddress"),
        ("EMAILADDRESS", "emailAddress"),
    ]

    /// The name in EJBCA's order, whatever order the text has.
    ///
    /// - Throws: the word that is not known.
    static func subject(_ text: String) throws(UnknownWord) -> DistinguishedName {
        var found: [(rank: Int, attribute: DistinguishedName.Attribute)] = []
        for part in split(text) {
            guard let rank = attributes.firstIndex(where: { $0.word == part.word.uppercased() }) else {
                throw UnknownWord(word: part.word)
            }
            found.append((rank, .init(attributes[rank].type, part.value)))
        }
        let ranked = found.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
        return DistinguishedName(ranked.map(\.element.attribute))
    }

    /// Addresses, principal name and what else may stand in the alternative name.
    static func alternativeNames(_ text: String) throws(UnknownWord) -> [GeneralName] {
        var names: [GeneralName] = []
        for part in split(text) {
            switch part.word.lowercased() {
            case "rfc822name": names.append(.rfc822Name(part.value))
            case "upn": names.append(.userPrincipalName(part.value))
            case "dnsname": names.append(.dNSName(part.value))
            case "uniformresourceidentifier", "uri": names.append(.uniformResourceIdentifier(part.value))
            default: throw UnknownWord(word: part.word)
            }
        }
        return names
    }

    struct UnknownWord: Error {
        let word: String
    }

    /// A name as EJBCA writes it back: least significant attribute first.
    static func text(_ name: DistinguishedName) -> String {
        name.attributes.reversed().map { attribute in
            let word = attributes.first { $0.type == attribute.type }?.word ?? attribute.type
            let value = attribute.value.map { ",\\+\"<>;=".contains($0) ? "\\\($0)" : String($0) }.joined()
            return "\(word)=\(value)"
        }.joined(separator: ",")
    }

    /// Whether two texts name the same, whatever the order of their attributes.
    static func isSame(_ text: String, _ name: DistinguishedName) -> Bool {
        guard let given = try? subject(text) else { return false }
        return Set(given.attributes) == Set(name.attributes)
    }

    /// `word=value` parts between commas; a backslash takes the next character as it is.
    private static func split(_ text: String) -> [(word: String, value: String)] {
        var parts: [(word: String, value: String)] = []
        var word = ""
        var value: String?
        var isEscaped = false
        func finish() {
            if let value, !word.isEmpty {
                parts.append((word, trim(value)))
            } else if !word.isEmpty {
                parts.append((word, ""))
            }
        }
        for character in text {
            switch (character, value) {
            case (_, let current?) where isEscaped:
                value = current + String(character)
                isEscaped = false
            case ("\\", .some): isEscaped = true
            case (",", _):
                finish()
                (word, value) = ("", nil)
            case ("=", nil): value = ""
            case (let letter, nil): if !letter.isWhitespace || !word.isEmpty { word.append(letter) }
            case (let letter, let current?): value = current + String(letter)
            }
        }
        finish()
        return parts
    }

    private static func trim(_ text: String) -> String {
        var text = text[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text.drop(while: \.isWhitespace))
    }
}
