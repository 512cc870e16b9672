// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import MicrosoftGraph
import Secrets
import SignIn
import Synchronization
import TestSupport
import Testing

/// The tenant's keys: kept, asked for again where one is unknown, and no more often than may be.
@Suite struct TenantSignInTests {
    private let clock = TestClock()
    private let forge: TokenForge
    private let tenant = Published()

    /// What the tenant publishes at the moment.
    private final class Published: Sendable {
        let keys = Mutex<[JSONValue]>([])
        let isDown = Mutex(false)
    }

    init() throws {
        forge = try TokenForge()
        let key = try forge.published()
        tenant.keys.withLock { $0 = [key] }
    }

    private func signIn() -> (TenantSignIn, ScriptedClient) {
        let client = ScriptedClient { [tenant] request, _ throws(HTTPTransportError) in
            if tenant.isDown.withLock({ $0 }) { return HTTPResponse(503, text: "down") }
            if request.url.hasSuffix("/keys") {
                return HTTPResponse(200, json: (["keys": .array(tenant.keys.withLock { $0 })] as JSONValue).text)
            }
            let configuration: JSONValue = [
                "issuer": .string(TokenForge.issuer), "authorization_endpoint": "https://login.example/authorize",
                "jwks_uri": "https://login.example/keys",
            ]
            return HTTPResponse(200, json: configuration.text)
        }
        let sender = RequestSender(http: client, clock: clock)
        let openID = OpenIDClient(
            tenant: TokenForge.tenant, endpoints: TenantEndpoints(authority: "https://login.example"), sender: sender)
        return (TenantSignIn(clientID: TokenForge.client, client: openID), client)
    }

    private func person(_ signIn: TenantSignIn, _ text: String) async throws -> Identity {
        try await signIn.person(Secret(text), nonce: "n-1")
    }

    @Test func keysAreAskedForOnce() async throws {
        let (signIn, client) = signIn()
        for _ in 0..<3 { #expect(try await person(signIn, forge.token()).objectID == TokenForge.person) }
        #expect(client.requests.count == 2)
    }

    /// A key that the tenant has made since is found with the first token of it.
    @Test func aRotatedKeyIsFound() async throws {
        let (signIn, client) = signIn()
        _ = try await person(signIn, forge.token())
        var next = try TokenForge()
        next.identifier = "key-2"
        let published = try next.published()
        tenant.keys.withLock { $0 = [published] }
        #expect(try await person(signIn, next.token()).objectID == TokenForge.person)
        #expect(client.requests.count == 4)
        // The old one is gone, and so are tokens of it.
        await #expect(throws: TokenRefusal.unknownKey("key-1")) { _ = try await person(signIn, forge.token()) }
    }

    @Test func inventedKeysDoNotReachTheTenant() async throws {
        let (signIn, client) = signIn()
        for number in 0..<50 {
            var stranger = forge
            stranger.identifier = "invented-\(number)"
            await #expect(throws: TokenRefusal.unknownKey(stranger.identifier)) {
                _ = try await person(signIn, stranger.token())
            }
        }
        // Once at the beginning, and five times for all that are unknown; two requests each.
        #expect(client.requests.count == 12)
        clock.advance(.seconds(301))
        var stranger = forge
        stranger.identifier = "later"
        let text = try stranger.token()
        await #expect(throws: TokenRefusal.self) { _ = try await person(signIn, text) }
        #expect(client.requests.count == 14)
    }

    @Test func aKeyOfAnotherIssuerSignsNothingHere() async throws {
        let foreign = try forge.published(["issuer": "https://login.example/other/v2.0"])
        tenant.keys.withLock { $0 = [foreign] }
        let (signIn, _) = signIn()
        await #expect(throws: TokenRefusal.foreignKey("key-1")) { _ = try await person(signIn, forge.token()) }
        // A list that was wrong for a while is not believed for a day.
        let own = try forge.published([:])
        tenant.keys.withLock { $0 = [own] }
        #expect(try await person(signIn, forge.token()).objectID == TokenForge.person)
    }

    @Test func theLastGoodAnswerCountsWhileTheTenantIsAway() async throws {
        let (signIn, _) = signIn()
        _ = try await person(signIn, forge.token())
        tenant.isDown.withLock { $0 = true }
        clock.advance(.seconds(90_000))
        let later = JSONValue(1_800_090_000)
        let claims = TokenForge.claims(["iat": later, "nbf": later, "exp": JSONValue(1_800_200_000)])
        #expect(try await person(signIn, forge.token(claims)).objectID == TokenForge.person)
    }
}
