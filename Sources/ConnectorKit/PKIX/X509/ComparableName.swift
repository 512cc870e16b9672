// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A name of a certificate in the form in which it is compared, octet by octet.
///
/// Swift compares text by Unicode's canonical equivalence, and folds case by Unicode's tables: KELVIN SIGN then is the letter k,
/// and an address of somebody else is one's own. Here only what RFC 5280 §7 says is folded: the case of ASCII letters.
public struct ComparableName: Sendable, Hashable {
    private let octets: [UInt8]

    /// A value of a distinguished name (RFC 5280 §7.1): blanks at the ends do not count, and several in a row are one.
    /// The further mappings of RFC 4518 are left out, so that two names are rather different than the same.
    public init(attribute: String) {
        let words = attribute.utf8.split(separator: 0x20)
        octets = Array(words.map { $0.map(Self.folded) }.joined(separator: [0x20]))
    }

    /// A mail address, logon name, host name or other text of an alternative name (RFC 5280 §7.2 to §7.5). The local part of an
    /// address is folded as well, because no CA keeps its case.
    public init(alternativeName: String) { octets = alternativeName.utf8.map(Self.folded) }

    private static func folded(_ octet: UInt8) -> UInt8 { (0x41...0x5A).contains(octet) ? octet | 0x20 : octet }
}
