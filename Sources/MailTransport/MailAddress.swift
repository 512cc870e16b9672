// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A mail address that can stand in an envelope and in a header: `local@domain` of visible ASCII characters (RFC 5321 section 4.1.2,
/// without quoted local parts and address literals).
public struct MailAddress: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    /// - Returns: nil for anything else, such as line breaks, blanks, angle brackets or a second address.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count) else { return nil }
        let special = Set("!#$%&'*+-/=?^_`{|}~.".utf8)
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard parts[0].utf8.allSatisfy({ isLetterOrDigit($0) || special.contains($0) }), parts[0].first != ".",
            parts[0].last != ".", !parts[0].contains(".."),
            labels.allSatisfy({ label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D }
            })
        else { return nil }
        self.text = text
    }

    /// Whether mail to both is read in one mailbox as far as the addresses tell: capitals, and what follows a plus sign in the local part
    /// (subaddresses of Exchange Online and others), make no other mailbox. Aliases only a directory knows.
    public func isSameMailbox(as other: MailAddress) -> Bool { mailbox == other.mailbox }

    private var mailbox: String {
        let parts = text.lowercased().split(separator: "@")
        let local = parts[0].split(separator: "+", omittingEmptySubsequences: false)[0]
        return "\(local.isEmpty ? parts[0] : local)@\(parts[1])"
    }

    public var domain: String { String(text.split(separator: "@")[1]) }
    public var description: String { text }
}
