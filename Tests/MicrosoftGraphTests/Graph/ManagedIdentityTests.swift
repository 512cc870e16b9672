// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import MicrosoftGraph
import TestSupport
import Testing

/// wire/entra-oauth.md section 5.
@Suite struct ManagedIdentityTests {
    private let clock = TestClock()

    private func token(
        _ answer: HTTPResponse, clientID: String? = nil, _ environment: [String: String] = [:]
    ) async throws -> (token: AccessToken, request: HTTPRequest) {
        let client = ScriptedClient(answer)
        let token = try await ManagedIdentityCredential(clientID: clientID) { environment }.requestToken(
            scope: "https://database.windows.net/.default", through: RequestSender(http: client, clock: clock))
        return (token, try #require(client.requests.first))
    }

    @Test func aMachineAsksItsHost() async throws {
        let answer = HTTPResponse(
            200,
            json:
                #"{"access_token": "a.b.c", "expires_in": "3599", "expires_on": "1767229200", "token_type": "Bearer"}"#)
        let (token, request) = try await token(answer, clientID: "4f6e")
        #expect(
            request.url
                == "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
                + "&resource=https%3A%2F%2Fdatabase.windows.net&client_id=4f6e")
        #expect(request.method == "GET" && request.header("Metadata") == "true" && request.allowsPlainHTTP)
        #expect(token.expiresAt == clock.now() + 3599 && request.isConfidential)
    }

    /// App Service gives no `expires_in`.
    @Test func anAppAsksItsOwnEndpoint() async throws {
        let end = Int(clock.now().timeIntervalSince1970) + 7200
        let answer = HTTPResponse(
            200, json: #"{"access_token": "a.b.c", "expires_on": "\#(end)", "token_type": "Bearer"}"#)
        let (token, request) = try await token(
            answer, ["IDENTITY_ENDPOINT": "http://localhost:4141/msi/token", "IDENTITY_HEADER": "Secret-1"])
        #expect(
            request.url
                == "http://localhost:4141/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fdatabase.windows.net")
        #expect(request.header("X-IDENTITY-HEADER") == "Secret-1" && !request.allowsPlainHTTP)
        #expect(request.secrets.map(\.revealed) == ["Secret-1"])
        #expect(abs(token.expiresAt.timeIntervalSince1970 - Double(end)) < 1)
    }
}
