// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import MicrosoftGraph
import PKIX
import SignIn

/// Makes tokens as the tenant does, and as it never would.
struct TokenForge {
    static let tenant = "1f7a1111-2222-3333-4444-555555555555"
    static let client = "c0ffee11-2222-3333-4444-555555555555"
    static let person = "7f0c1111-2222-3333-4444-555555555555"
    static let issuer = "https://login.example/\(tenant)/v2.0"
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let rules = TokenRules(issuer: issuer, tenantID: tenant, clientID: client, now: now)

    let key: PrivateKey
    var identifier = "key-1"

    init() throws { key = try PrivateKey.generate(.rsa2048) }

    /// The claims of an ID token, with some of them otherwise; null takes one away.
    static func claims(_ changes: [String: JSONValue] = [:]) -> JSONValue {
        var claims: [String: JSONValue] = [
            "ver": "2.0", "iss": .string(issuer), "aud": .string(client), "tid": .string(tenant),
            "oid": .string(person),
            "sub": "pairwise", "preferred_username": "ada@sandbox.example", "nonce": "n-1", "sid": "s-1",
            "iat": JSONValue(1_800_000_000), "nbf": JSONValue(1_800_000_000), "exp": JSONValue(1_800_003_600),
        ]
        for (name, value) in changes { claims[name] = value.isNull ? nil : value }
        return .object(claims)
    }

    /// The claims of an application's token for the API.
    static func program(_ changes: [String: JSONValue] = [:]) -> JSONValue {
        let own: [String: JSONValue] = [
            "nonce": .null, "sid": .null, "preferred_username": .null, "idtyp": "app", "azp": "a0b0c0d0",
            "roles": ["Certway.Auditor"],
        ]
        return claims(own.merging(changes) { $1 })
    }

    func token(_ claims: JSONValue = claims(), header: [String: JSONValue] = [:]) throws -> String {
        var members: [String: JSONValue] = ["typ": "JWT", "alg": "RS256", "kid": .string(identifier)]
        for (name, value) in header { members[name] = value.isNull ? nil : value }
        let signed = [JSONValue.object(members), claims].map { Base64URL.encode(Array($0.text.utf8)) }.joined(
            separator: ".")
        let signature = try key.sign(Array(signed.utf8), digest: .sha256, padding: .pkcs1)
        return "\(signed).\(Base64URL.encode(signature))"
    }

    /// As the tenant's key set has it.
    func published(_ changes: [String: JSONValue] = [:]) throws -> JSONValue {
        // SubjectPublicKeyInfo of RSA 2048 with exponent 65537: the modulus is 256 bytes before the exponent's five.
        let der = try key.publicKey.der
        var members: [String: JSONValue] = [
            "kty": "RSA", "use": "sig", "kid": .string(identifier), "e": "AQAB",
            "n": .string(Base64URL.encode(Array(der[(der.count - 261)..<(der.count - 5)]))),
            "issuer": "https://login.example/{tenantid}/v2.0",
        ]
        for (name, value) in changes { members[name] = value.isNull ? nil : value }
        return .object(members)
    }
}
