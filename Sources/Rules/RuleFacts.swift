// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX

/// The facts that programs of rules see, in one form for orders and certificates; docs/manual/rules.md lists them.
enum RuleFacts {
    /// A subject attribute. `words` are for comparing names of people, whatever their accents and capitals.
    static func attribute(_ type: String, _ value: String, kind: String? = nil) -> JSONValue {
        [
            "type": .string(attributeNames[type] ?? type), "value": .string(value), "kind": JSONValue(kind),
            "words": JSONValue(words(value)),
        ]
    }

    /// As templates write them; all others as OpenSSL does.
    private static let attributeNames = [
        "CN": "commonName", "GN": "givenName", "SN": "surname", "O": "organization", "OU": "organizationalUnit",
        "L": "locality", "ST": "state", "C": "country", "street": "streetAddress", "DC": "domainComponent",
        "UID": "userId",
    ]

    /// An alternative name; `type` is that of RFC 5280, or the name of a known otherName.
    static func name(_ name: GeneralName) -> JSONValue {
        switch name {
        case .rfc822Name(let address): ["type": "rfc822Name", "value": .string(address)]
        case .dNSName(let host): ["type": "dNSName", "value": .string(host)]
        case .uniformResourceIdentifier(let uri): ["type": "uniformResourceIdentifier", "value": .string(uri)]
        case .iPAddress(let bytes): ["type": "iPAddress", "value": .string(bytes.hex)]
        case .directoryName(let name):
            [
                "type": "directoryName", "value": .string("\(name)"),
                "subject": .array(name.attributes.map { attribute($0.type, $0.value) }),
            ]
        case .registeredID(let identifier): ["type": "registeredID", "value": .string(identifier)]
        case .userPrincipalName(let name): ["type": "userPrincipalName", "value": .string(name)]
        case .otherName("1.3.6.1.5.5.7.8.9", let der):
            ["type": "smtpUTF8Mailbox", "value": .string(GeneralName.utf8String(der) ?? "")]
        case .otherName(let type, _): ["type": "otherName", "value": .string(type)]
        case .unsupported(let tag): ["type": "unsupported", "value": .string("tag \(tag)")]
        }
    }

    /// ü and ue, é and e, Å and a are one; anything but letters and digits stands between words.
    static func words(_ text: String) -> [String] {
        let spelled = text.precomposedStringWithCanonicalMapping.lowercased().map { spellings[$0] ?? String($0) }
            .joined()
        let folded = spelled.folding(options: .diacriticInsensitive, locale: nil)
        return folded.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    private static let spellings: [Character: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d",
    ]

    /// Seconds since 1970; programs compare them.
    static func time(_ date: Date) -> JSONValue { .number(date.timeIntervalSince1970.rounded(.down)) }
}
