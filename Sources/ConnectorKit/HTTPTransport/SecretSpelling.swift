// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Secrets

/// The bytes by which a secret may stand in a text, escapes apart.
struct SecretSpelling: Hashable, Sendable {
    let bytes: [UInt8]
    /// Whether line breaks may stand anywhere between the bytes, as in Base64 (RFC 2045 §6.8).
    let isWrapped: Bool

    static func all(_ secret: Secret) -> [SecretSpelling] {
        let bytes = secret.withBytes { Array($0) }
        var plain: [[UInt8]] = [bytes]
        if let text = String(validating: bytes, as: UTF8.self) {
            for order in [String.Encoding.utf16LittleEndian, .utf16BigEndian, .isoLatin1, .windowsCP1252] {
                if let encoded = text.data(using: order) { plain.append(Array(encoded)) }
            }
        }
        return plain.map { SecretSpelling(bytes: $0, isWrapped: false) }
            + base64(bytes).map { SecretSpelling(bytes: Array($0.utf8), isWrapped: true) }
    }

    /// In Base64 and base64url (RFC 4648 §4, §5), alone and in the middle of something larger, such as a user's name and
    /// the secret together (RFC 7617). There it depends on what stands before; the characters it shares with its
    /// neighbours are left out, and so is what would be too short to be told from chance.
    private static func base64(_ bytes: [UInt8]) -> [String] {
        var spellings = [Data(bytes).base64EncodedString()]
        for shift in 0..<3 where bytes.count >= 6 {
            let whole = Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString()
            let sharesItsEnd = (shift + bytes.count) % 3 != 0
            spellings.append(
                String(whole.filter { $0 != "=" }.dropFirst(shift == 0 ? 0 : shift + 1).dropLast(sharesItsEnd ? 1 : 0)))
        }
        return spellings + spellings.map { String($0.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }) }
    }
}
