// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Settings

/// Whether a text is a mail address that a certificate can hold as rfc822Name.
enum MailAddress {
    /// Why `address` is none, as the end of a sentence that begins with it; nil for one.
    ///
    /// - Parameter domain: its part behind the at sign; empty where there is not exactly one.
    static func problem(_ address: String, domain: String) -> String? {
        // Another spelling of a mailbox, quoted or with a dot at its end, would pass for another mailbox (RFC 5321 §4.1.2); an
        // asterisk means all of a domain to some who read certificates.
        let local = address.dropLast(domain.count + 1)
        guard !domain.isEmpty, !local.isEmpty, !domain.hasSuffix("."),
            !address.contains(where: { $0.isWhitespace || "\"<>()[]\\,;:*".contains($0) })
        else { return "no mail address" }
        if let scalar = HiddenScalar.first(in: address) { return "no mail address, it holds \(scalar)" }
        guard address.utf8.allSatisfy({ $0 < 0x80 }) else { return "rfc822Name is ASCII (RFC 5280 §4.2.1.6)" }
        if local.utf8.count > 64 { return "RFC 5321 §4.5.3.1 allows 64 characters before the at sign" }
        if local.hasPrefix(".") || local.hasSuffix(".") || local.contains("..") {
            return "no mail address, a dot has a letter on each side (RFC 5322 §3.2.3)"
        }
        return MailDomain.isOne(domain) ? nil : "\(domain) is no domain (RFC 5321 §4.1.2)"
    }
}
