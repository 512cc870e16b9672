// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph
import PKIX
public import Secrets

/// A secret that is shown once and stored as its SHA-256: whoever reads the database cannot use it. It is random and long, so that a
/// slow hash would add nothing.
public struct SecretText: Sendable {
    public let value: Secret

    init(_ value: Secret) { self.value = value }

    /// For a cookie: 256 random bits.
    public static func session() -> SecretText { SecretText(Secret(Base64URL.encode(SecureRandom.bytes(32)))) }

    /// What a cookie holds; nil for what cannot be one.
    public static func session(cookie: String) -> SecretText? {
        cookie.utf8.count == 43 && Base64URL.decode(cookie) != nil ? SecretText(Secret(cookie)) : nil
    }

    private static let prefix = "cwt_"
    private static let letters = 40
    private static let checks = 6

    /// For the API: `cwt_`, 40 random letters and digits (238 bits), and six digits by which a misspelt one is known and a scanner of
    /// repositories finds it.
    public static func token() -> SecretText {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var text: [UInt8] = []
        while text.count < letters {
            // Bytes past the last full turn of the alphabet would favour its first characters.
            text += SecureRandom.bytes(64).filter { $0 < 248 }.map { alphabet[Int($0) % 62] }
        }
        let random = String(decoding: text.prefix(letters), as: UTF8.self)
        return SecretText(Secret(prefix + random + check(of: random)))
    }

    /// What somebody has given as a token of the API; nil for what cannot be one, a misspelt one included.
    public static func token(_ text: String) -> SecretText? {
        guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + letters + checks else { return nil }
        let random = String(text.dropFirst(prefix.count).prefix(letters))
        guard ConstantTime.areEqual(String(text.suffix(checks)), check(of: random)) else { return nil }
        return SecretText(Secret(text))
    }

    /// Whether a bearer token is meant to be one of our own.
    public static func looksLikeToken(_ text: String) -> Bool { text.hasPrefix(prefix) }

    private static func check(of random: String) -> String {
        String(hex(Array("\(prefix)\(random)".utf8)).prefix(checks))
    }

    /// What is stored.
    public var hash: String { Self.hex(Array(value.revealed.utf8)) }

    /// Another secret made of this one, which does not lead back to it.
    public func derived(for purpose: String) -> String {
        Base64URL.encode(DigestAlgorithm.sha256.digest(Array("certway \(purpose) \(value.revealed)".utf8)))
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        DigestAlgorithm.sha256.digest(bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
