// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import SignIn
import Testing

/// Each reason for which a genuine token is not the right one, with the sentence that says so.
@Suite struct TokenRulesTests {
    private let rules = TokenForge.rules

    private func refusal(_ changes: [String: JSONValue], nonce: String = "n-1") -> TokenRefusal? {
        do {
            _ = try rules.person(TokenForge.claims(changes), nonce: nonce)
            return nil
        } catch { return error }
    }

    private func refusal(bearer claims: JSONValue) -> TokenRefusal? {
        do {
            _ = try rules.bearer(claims)
            return nil
        } catch { return error }
    }

    @Test func aPersonIsKnownByObjectID() throws {
        let person = try rules.person(
            TokenForge.claims(["groups": ["9A41"], "roles": ["Certway.Helpdesk"]]), nonce: "n-1")
        #expect(person.objectID == TokenForge.person && person.name == "ada@sandbox.example" && person.kind == .person)
        #expect(person.groups == ["9A41"] && person.roles == ["Certway.Helpdesk"] && person.sessionID == "s-1")
        #expect(!person.isGuest && !person.hasMoreGroups)
    }

    @Test func anotherTenantIssuerOrAudienceIsRefused() {
        let other = "99991111-2222-3333-4444-555555555555"
        #expect(
            refusal(["iss": .string("https://login.example/\(other)/v2.0")])?.description.contains("expected https")
                == true)
        #expect(refusal(["iss": .string(TokenForge.issuer + "/")]) != nil)
        #expect(refusal(["tid": .string(other)]) == .tenant(other, expected: TokenForge.tenant))
        #expect(refusal(["aud": .string(other)]) == .audience(other, expected: TokenForge.client))
        #expect(refusal(["aud": ["\(TokenForge.client)"]]) == .audience("", expected: TokenForge.client))
        #expect(refusal(["ver": "1.0"]) == .version("1.0"))
        #expect(refusal(["ver": .null]) == .version(""))
    }

    /// Four minutes of difference between two clocks pass, six do not (wire/entra-oidc.md section 7, point 10).
    @Test func clocksMayDifferALittle() {
        let now = 1_800_000_000
        #expect(refusal(["exp": JSONValue(now - 240)]) == nil)
        #expect(
            refusal(["exp": JSONValue(now - 360)])?.description.contains("was valid until 2027-01-15T07:54:00Z") == true
        )
        for name in ["nbf", "iat"] {
            #expect(refusal([name: JSONValue(now + 240)]) == nil)
            #expect(refusal([name: JSONValue(now + 360)])?.description.contains("one of the clocks is wrong") == true)
        }
        for name in ["exp", "nbf", "iat"] {
            for value: JSONValue in [
                .null, "1800003600", .number(-1), .number(1e300), .number(.infinity), .number(.nan), true,
            ] {
                #expect(refusal([name: value]) == .missing(name), "\(name) \(value)")
            }
        }
    }

    @Test func theNonceIsThatOfTheAttempt() {
        #expect(refusal([:], nonce: "n-2") == .nonce)
        #expect(refusal(["nonce": .null]) == .nonce)
        #expect(refusal(["nonce": ""], nonce: "") == .nonce)
    }

    @Test func nobodyIsKnownByName() {
        #expect(refusal(["oid": .null]) == .missing("oid"))
        #expect(refusal(["oid": "ada@sandbox.example"]) == .missing("oid"))
        #expect(refusal(["preferred_username": .null]) == nil)
    }

    @Test func guestsAndGroupsBeyondTheToken() throws {
        func person(_ changes: [String: JSONValue]) throws -> Identity {
            try rules.person(TokenForge.claims(changes), nonce: "n-1")
        }
        #expect(try person(["idp": "https://sts.windows.net/99991111-2222-3333-4444-555555555555/"]).isGuest)
        #expect(try person(["acct": 1]).isGuest)
        #expect(try !person(["idp": .string("https://sts.windows.net/\(TokenForge.tenant)/")]).isGuest)
        #expect(try person(["_claim_names": ["groups": "src1"]]).hasMoreGroups)
        #expect(try person(["hasgroups": true]).hasMoreGroups)
    }

    @Test func programsShowTokensOfEitherVersion() throws {
        let second = try rules.bearer(TokenForge.program())
        #expect(
            second.kind == .application && second.name == "application a0b0c0d0" && second.roles == ["Certway.Auditor"])
        let first: [String: JSONValue] = [
            "ver": "1.0", "iss": .string("https://sts.windows.net/\(TokenForge.tenant)/"),
            "aud": .string("api://\(TokenForge.client)"), "azp": .null, "appid": "a0b0c0d0",
        ]
        #expect(try rules.bearer(TokenForge.program(first)).kind == .application)
        // The one version's issuer is not the other's.
        #expect(refusal(bearer: TokenForge.program(["iss": first["iss"] ?? .null])) != nil)
        #expect(refusal(bearer: TokenForge.program(["ver": "1.0"])) != nil)
        let graph = TokenForge.program(["aud": "https://graph.microsoft.com"])
        #expect(refusal(bearer: graph)?.description.contains("ask for one for this gateway") == true)
        #expect(refusal(bearer: TokenForge.program(["azp": .null])) == .missing("azp"))
    }

    @Test func aPersonsProgramIsThePerson() throws {
        let claims = TokenForge.program([
            "idtyp": .null, "scp": "access_as_user", "preferred_username": "ada@sandbox.example",
        ])
        let person = try rules.bearer(claims)
        #expect(person.kind == .person && person.name == "ada@sandbox.example")
        #expect(refusal(bearer: TokenForge.program(["scp": "access_as_user"])) != nil)
    }
}
