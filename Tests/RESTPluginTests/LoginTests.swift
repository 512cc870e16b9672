// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import Secrets
import Synchronization
import TestSupport
import Testing

/// The ways to log in that the wire sheets know: header, Basic, OAuth2 client credentials, a login call with a token that
/// lives for a while, a client certificate.
@Suite struct LoginTests {
    private static let tokenLogin = """
        login:
          headers: {X-Serial: "01"}
          token:
            request: {method: POST, path: /login, json: '{api_key: "k", api_secret: .settings.apiKey}'}
            token: .json.access_token
            lifetime: 10m
        """

    /// Gives token after token at the login and lets in who shows the newest.
    private final class TokenCA: Sendable {
        let issued = Mutex(0)
        let revokedBelow = Mutex(0)
        /// As it stands in the answer.
        let lifetime: String
        init(lifetime: String = "300") { self.lifetime = lifetime }

        func answer(_ request: HTTPRequest) -> HTTPResponse {
            if request.url.hasSuffix("/login") || request.url.hasSuffix("/token") {
                let number = issued.withLock { number in
                    number += 1
                    return number
                }
                return HTTPResponse(200, json: #"{"access_token": "t\#(number)", "expires_in": \#(lifetime)}"#)
            }
            let token = Int(request.header("Authorization")?.dropFirst("Bearer t".count) ?? "") ?? 0
            return token > revokedBelow.withLock { $0 }
                ? HTTPResponse(200, json: #"{"name": "me"}"#) : HTTPResponse(401)
        }
    }

    private func backend(_ login: String, _ ca: TokenCA, values: [String: JSONValue] = [:]) throws -> Backend {
        try Backend(
            profile: smallProfile(login: login), values: values, secrets: ["apiKey": "planted-key"],
            ScriptedClient { request, _ throws(HTTPTransportError) in ca.answer(request) })
    }

    @Test func aTokenIsKeptUntilItEnds() async throws {
        let backend = try backend(Self.tokenLogin, TokenCA())
        for _ in 0..<3 { _ = try await backend.connector.check() }
        #expect(backend.http.requests.map { $0.url.split(separator: "/").last } == ["login", "me", "me", "me"])
        let login = try #require(backend.http.requests.first)
        #expect(login.isConfidential)
        #expect(login.bodyText == #"{"api_key":"k","api_secret":"planted-key"}"#)
        #expect(login.header("X-Serial") == "01")
        backend.clock.advance(.seconds(8 * 60))
        _ = try await backend.connector.check()
        backend.clock.advance(.seconds(2 * 60 - 30))
        _ = try await backend.connector.check()
        #expect(backend.http.requests.count == 7)
        #expect(backend.limiter.acquired == 7)
    }

    @Test func manyAtOnceLogInOnce() async throws {
        let backend = try backend(Self.tokenLogin, TokenCA())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await backend.connector.check() } }
            try await group.waitForAll()
        }
        #expect(backend.http.requests.count == 21)
    }

    @Test func aTokenThatEndedEarlyIsRenewedOnce() async throws {
        let ca = TokenCA()
        let backend = try backend(Self.tokenLogin, ca)
        _ = try await backend.connector.check()
        ca.revokedBelow.withLock { $0 = 1 }
        _ = try await backend.connector.check()
        #expect(backend.http.requests.count == 5)
        ca.revokedBelow.withLock { $0 = 100 }
        await #expect(throws: ConnectorError(.authentication, "")) { try await backend.connector.check() }
        #expect(backend.http.requests.count == 8)
    }

    /// Not even with a fresh token: who answers 401 need not be the CA.
    @Test(arguments: [303, 401, 403, 408, 409, 429, 500, 502, 503, 504])
    func anOrderIsSentOnceWhateverTheStatus(status: Int) async throws {
        let ca = TokenCA()
        let backend = try Backend(
            profile: smallProfile(login: Self.tokenLogin), secrets: ["apiKey": "planted-key"],
            ScriptedClient { request, _ throws(HTTPTransportError) in
                request.url.hasSuffix("/login") ? ca.answer(request) : HTTPResponse(status)
            })
        await #expect(throws: ConnectorError.self) { try await backend.connector.enroll(Example.request()) }
        #expect(backend.http.requests.count { $0.url.contains("/orders/") } == 1)
    }

    /// Neither the token in use nor the one before it, which an answer may still be about.
    @Test func anAnswerThatRepeatsTheTokenDoesNotTellIt() async throws {
        let ca = TokenCA()
        let backend = try Backend(
            profile: smallProfile(login: Self.tokenLogin, errors: "errors: [{when: 'true', message: .json.why}]"),
            secrets: ["apiKey": "planted-key"],
            ScriptedClient { request, _ throws(HTTPTransportError) in
                if request.url.hasSuffix("/login") { return ca.answer(request) }
                let isNew = request.header("Authorization") == "Bearer t2"
                return HTTPResponse(isNew ? 403 : 401, json: #"{"why": "Bearer t1 or Bearer t2 may not"}"#)
            })
        let error = await #expect(throws: ConnectorError.self) { try await backend.connector.check() }
        #expect(error?.message == "the CA answered 403: Bearer ••• or Bearer ••• may not")
        #expect(error?.detail?.contains("•••") == true)
        #expect(error?.detail?.contains("t1") == false && error?.detail?.contains("t2") == false)
    }

    @Test func aRefusedLoginIsTheOperators() async throws {
        for (status, kind) in [
            (400, ConnectorError.Kind.authentication), (401, .authentication), (422, .authentication),
            (429, .throttled), (503, .transient),
        ] {
            let backend = try Backend(
                profile: smallProfile(login: Self.tokenLogin), secrets: ["apiKey": "planted-key"],
                ScriptedClient(HTTPResponse(status, json: #"{"error": "planted-key"}"#)))
            // Nothing but the login was sent, so even an order is not in doubt.
            let error = await #expect(throws: ConnectorError.self) {
                try await backend.connector.enroll(Example.request())
            }
            #expect(error?.kind == kind)
            #expect("\(String(describing: error)) \(error?.detail ?? "")".contains("planted-key") == false)
        }
    }

    @Test func oauthGoesToTheAdministratorsAddress() async throws {
        let login = """
            login:
              token:
                request: {method: POST, addressFrom: tokenURL, form: '{grant_type: "client_credentials", client_id: "c", client_secret: .settings.apiKey}'}
                token: .json.access_token
                expiresIn: .json.expires_in
            """
        let backend = try backend(login, TokenCA(), values: ["tokenURL": "https://login.example/realm/token"])
        _ = try await backend.connector.check()
        let requests = backend.http.requests
        #expect(requests.map(\.url) == ["https://login.example/realm/token", "https://ca.example/api/me"])
        #expect(requests[0].bodyText == "client_id=c&client_secret=planted-key&grant_type=client_credentials")
        #expect(requests[1].header("Authorization") == "Bearer t1")
        backend.clock.advance(.seconds(280))
        _ = try await backend.connector.check()
        #expect(backend.http.requests.count == 4)
    }

    /// Whatever the CA says of a token's life, there is no login before every call, and a token is no older than a day.
    @Test(arguments: [
        ("0", 60), ("-5", 60), ("-1e30", 60), ("59.5", 60), ("\"0\"", 60), ("90", 90), ("\"90\"", 90), ("1e18", 86_400),
        ("9007199254740993", 86_400), ("1e400", 86_400), ("\"1e18\"", 86_400), ("\"inf\"", 86_400), ("null", 120),
        ("\"soon\"", 120), ("\"nan\"", 120), ("[]", 120),
    ])
    func aTokensLifeHasARange(told: String, lifetime: Int) async throws {
        let login = """
            login:
              token:
                request: {method: POST, path: /login, form: '{a: 1}'}
                token: .json.access_token
                expiresIn: .json.expires_in
                lifetime: 120s
            """
        let ca = TokenCA(lifetime: told)
        let backend = try backend(login, ca)
        for _ in 0..<5 { _ = try await backend.connector.check() }
        // Renewed a tenth, or a minute, before its end.
        let early = min(60, lifetime / 10)
        backend.clock.advance(.seconds(lifetime - early - 1))
        _ = try await backend.connector.check()
        #expect(ca.issued.withLock { $0 } == 1)
        backend.clock.advance(.seconds(2))
        _ = try await backend.connector.check()
        #expect(ca.issued.withLock { $0 } == 2)
    }

    @Test func basicAndHeadersAreOnEveryRequestAndHidden() async throws {
        let login = """
            login:
              basic: {user: ra, password: "${ .settings.apiKey }"}
              headers: {customerUri: examplecorp}
            """
        let backend = try backend(login, TokenCA())
        _ = try? await backend.connector.check()
        let sent = try #require(backend.http.requests.first)
        #expect(sent.header("Authorization") == "Basic cmE6cGxhbnRlZC1rZXk=")
        #expect(sent.header("customerUri") == "examplecorp")
        #expect(Set(sent.secrets.map(\.revealed)).isSuperset(of: ["planted-key", "Basic cmE6cGxhbnRlZC1rZXk="]))
    }

    @Test func aClientCertificateIsForEveryRequest() async throws {
        let login = """
            login: {clientCertificate: {credential: apiKey}}
            """
        func backend(_ file: String) throws -> Backend {
            try Backend(
                profile: smallProfile(login: login), secrets: ["apiKey": file],
                ScriptedClient(HTTPResponse(200, json: #"{"name": "me"}"#)))
        }
        let good = try backend(ClientFile.pem())
        #expect(try await good.connector.check().warnings == [])
        #expect(good.http.requests.first?.tls != nil)
        // Ten days after the moment the test clock shows.
        let ending = try backend(ClientFile.pem(until: Date(timeIntervalSince1970: 1_800_864_000)))
        #expect(try await ending.connector.check().warnings == ["the key ends in 10 days; ask the CA for the next one"])
        #expect(throws: ConnectorError(.configuration, "")) { try backend("no file of this kind") }
    }

    @Test func operationsDoNotSeeSecrets() async throws {
        let profile = smallProfile(
            "  cancel: {request: {method: PUT, path: /x, json: '.'}, outcomes: [{when: 'true', done: {}}]}")
        let backend = try Backend(
            profile: profile, secrets: ["apiKey": "planted-key"], ScriptedClient(HTTPResponse(200)))
        try await backend.connector.cancel(Example.order, note: "")
        #expect(backend.http.requests.first?.bodyText.contains("planted-key") == false)
    }
}
