// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import MicrosoftGraph
import PKIX
import SignIn
import Testing

/// What counts as a signed token, and what passes for one.
@Suite struct JSONWebTokenTests {
    private let forge: TokenForge

    init() throws { forge = try TokenForge() }

    private func refusal(_ text: String) -> TokenRefusal? {
        do {
            _ = try JSONWebToken(parsing: text)
            return nil
        } catch { return error }
    }

    @Test func aGenuineTokenIsRead() throws {
        let token = try JSONWebToken(parsing: try forge.token())
        #expect(token.keyIdentifier == "key-1" && token.claims["oid"]?.string == TokenForge.person)
        try token.verify(try forge.key.publicKey)
        try token.verify(try #require(SigningKey(try forge.published())).publicKey)
    }

    @Test func anyOtherByteIsRefused() throws {
        let text = try forge.token()
        let parts = text.split(separator: ".").map(String.init)
        let claims = TokenForge.claims(["oid": "00000000-2222-3333-4444-555555555555"])
        let other = Base64URL.encode(Array(claims.text.utf8))
        let header = try forge.token(header: ["typ": "at+jwt"]).prefix { $0 != "." }
        for forged in ["\(parts[0]).\(other).\(parts[2])", "\(header).\(parts[1]).\(parts[2])"] {
            let token = try JSONWebToken(parsing: forged)
            #expect(throws: TokenRefusal.badSignature) { try token.verify(try forge.key.publicKey) }
        }
        let another = try PrivateKey.generate(.rsa2048)
        #expect(throws: TokenRefusal.badSignature) {
            try JSONWebToken(parsing: text).verify(try another.publicKey)
        }
    }

    /// The three ways in which a token chooses its own judge.
    @Test func noTokenChoosesItsAlgorithm() throws {
        let parts = try forge.token().split(separator: ".").map(String.init)
        for name in ["none", "None", "NONE"] {
            let header = Base64URL.encode(Array(#"{"alg":"\#(name)","kid":"key-1"}"#.utf8))
            #expect(refusal("\(header).\(parts[1]).") == .unsigned)
            #expect(refusal("\(header).\(parts[1]).\(parts[2])") == .unsigned)
        }
        #expect(refusal("\(parts[0]).\(parts[1]).") == .unsigned)
        // Signed with the public key as a password: whoever believes the header believes anybody.
        for name in ["HS256", "RS512", "PS256", "ES256", "rs256", "RS256 "] {
            #expect(refusal(try forge.token(header: ["alg": .string(name)])) == .algorithm(name))
        }
        #expect("\(try #require(refusal(try forge.token(header: ["alg": "HS256"]))))".contains("RS256 only"))
    }

    @Test func anECKeyDoesNotVerify() throws {
        let token = try JSONWebToken(parsing: try forge.token())
        let curve = try PrivateKey.generate(.p256)
        #expect(throws: TokenRefusal.badSignature) { try token.verify(try curve.publicKey) }
    }

    @Test func whatIsNoTokenSaysSo() throws {
        let good = try forge.token()
        let parts = good.split(separator: ".").map(String.init)
        let broken = [
            "", ".", "..", "a.b", "a.b.c.d", "\(good).", " \(good)", "\(good)=",
            good + String(repeating: "A", count: 70_000),
            "\(parts[0])=.\(parts[1]).\(parts[2])", "\(parts[0]).!.\(parts[2])", "\(parts[0]).e30.\(parts[2]) ",
            "W10.e30.\(parts[2])", "\(parts[0]).W10.\(parts[2])",
        ]
        for text in broken {
            let found = try #require(refusal(text), "\(text.prefix(40))")
            if case .malformed = found { continue }
            Issue.record("\(text.prefix(40)) gave \(found)")
        }
        for header in [["kid": JSONValue.null], ["alg": .null], ["crit": ["exp"]], ["kid": 7]] {
            let found = refusal(try forge.token(header: header))
            guard case .malformed = try #require(found) else {
                Issue.record("\(header) gave \(found as Any)")
                continue
            }
        }
        #expect(refusal(try forge.token(header: ["nonce": "x"])) == .forGraph)
    }

    @Test func aKeySetGivesOnlyKeysThatSign() throws {
        #expect(SigningKey(try forge.published()) != nil)
        #expect(SigningKey(try forge.published(["use": .null])) != nil)
        let others: [[String: JSONValue]] = [
            ["kty": "EC"], ["use": "enc"], ["alg": "RS512"], ["kid": .null], ["kid": ""], ["n": .null], ["n": "AQAB"],
            ["n": "+/"],
            ["e": ""], ["e": "AA"],
            ["e": "AQ"], ["e": "Ag"], ["n": ""],
        ]
        for change in others { #expect(SigningKey(try forge.published(change)) == nil, "\(change)") }
    }
}
