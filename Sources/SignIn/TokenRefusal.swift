// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Why a token of the tenant is not believed, as one sentence for whoever showed it. What the token says of itself is shortened: it is
/// text from outside.
public enum TokenRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    case malformed(String)
    case unsigned
    case algorithm(String)
    /// A token for Microsoft Graph, which nobody else can check.
    case forGraph
    case unknownKey(String)
    /// The key is published for another issuer.
    case foreignKey(String)
    case badSignature
    case version(String)
    case issuer(String, expected: String)
    case tenant(String, expected: String)
    case audience(String, expected: String)
    case missing(String)
    case nonce
    case expired(Date, now: Date)
    case notYetValid(Date, now: Date)

    public var description: String {
        switch self {
        case .malformed(let what): "the token cannot be read: \(what)"
        case .unsigned: "the token is not signed (alg none): only tokens that the tenant has signed count"
        case .algorithm(let found):
            "the token is signed with \"\(Self.short(found))\"; the tenant signs with RS256 only"
        case .forGraph:
            "the token is one for Microsoft Graph; ask for one for this gateway: scope api://CLIENT-ID/.default"
        case .unknownKey(let id):
            "the tenant has no key \"\(Self.short(id))\" that the token could be signed with: it is of another tenant, or older than the "
                + "keys; sign in again"
        case .foreignKey(let id): "the key \"\(Self.short(id))\" signs for another issuer than the token names"
        case .badSignature:
            "the signature of the token is not the tenant's: its content was changed, or somebody else made it"
        case .version(let found): "the token is of version \"\(Self.short(found))\", expected 2.0"
        case .issuer(let found, let expected):
            "the token was issued by \"\(Self.short(found))\", expected \(expected)"
        case .tenant(let found, let expected): "the token is of tenant \"\(Self.short(found))\", expected \(expected)"
        case .audience(let found, let expected):
            "the token is for \"\(Self.short(found))\", expected \(expected): ask for one for this gateway"
        case .missing(let claim): "the token lacks \(claim)"
        case .nonce: "the token belongs to another sign-in (nonce): it may have been used before; sign in again"
        case .expired(let end, let now):
            "the token was valid until \(end.ISO8601Format()), and it is \(now.ISO8601Format()) here: get a new one; if it is new, a clock "
                + "is wrong"
        case .notYetValid(let start, let now):
            "the token is valid from \(start.ISO8601Format()), and it is \(now.ISO8601Format()) here: one of the clocks is wrong"
        }
    }

    private static func short(_ text: String) -> String {
        let visible = text.unicodeScalars.prefix(100).map { (0x20..<0x7F).contains($0.value) ? String($0) : "?" }
        return visible.joined() + (text.unicodeScalars.count > 100 ? "…" : "")
    }
}
