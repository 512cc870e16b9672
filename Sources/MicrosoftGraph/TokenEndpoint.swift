// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import JSONDocuments
import Secrets

/// The token endpoint of one tenant: client credentials (RFC 6749 section 4.4, wire/entra-oauth.md sections 1 and 3), and the codes of
/// people who sign in (section 4.1, wire/entra-oidc.md section 3).
struct TokenEndpoint: Sendable {
    let url: String
    let clientID: String

    /// Exchanges a credential for a token.
    ///
    /// - Parameter credential: made anew for each attempt: an assertion is good for one (RFC 7523 §3, `jti`).
    func redeem(
        scope: String, through sender: RequestSender, _ credential: () throws -> [(name: String, value: Secret)]
    ) async throws -> AccessToken {
        let now = sender.clock.now()
        // Asking twice for a token has no effect but a second token, so a POST may be repeated here.
        return try await sender.send(
            isIdempotent: true, { request("client_credentials", [("scope", Secret(scope))] + (try credential())) }
        ) {
            try Self.read($0, now: now)
        }
    }

    /// Redeems a code for an ID token (RFC 6749 section 4.1.3, OpenID Connect Core section 3.1.3). Where the answer is lost, nothing
    /// is sent again: the code may be spent.
    func redeem(
        _ code: AuthorizationCode, through sender: RequestSender,
        _ credential: () throws -> [(name: String, value: Secret)]
    ) async throws -> Secret {
        let fields = [
            ("code", code.code), ("redirect_uri", Secret(code.redirectURI)), ("code_verifier", code.verifier),
        ]
        return try await sender.send(
            isIdempotent: false, { request("authorization_code", fields + (try credential())) }
        ) { response in
            let body = try? JSONValue(parsing: response.body)
            guard response.status == 200 else { throw AzureADError.graphError(of: response, body: body) }
            guard let token = body?["id_token"]?.string, !token.isEmpty else {
                throw GraphError(.configuration, "the token service answered 200 without id_token", status: 200)
            }
            return Secret(token)
        }
    }

    private func request(_ grant: String, _ fields: [(name: String, value: Secret)]) -> HTTPRequest {
        let form = [("client_id", clientID), ("grant_type", grant)] + fields.map { ($0.name, $0.value.revealed) }
        return HTTPRequest(
            method: "POST", url: url,
            headers: [
                ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
                ("client-request-id", UUID().uuidString.lowercased()), ("return-client-request-id", "true"),
            ], body: Array(PercentEncoding.form(form).utf8),
            secrets: fields.filter { !["scope", "redirect_uri"].contains($0.name) }.map(\.value), isConfidential: true)
    }

    static func read(_ response: HTTPResponse, now: Date) throws -> AccessToken {
        let body = try? JSONValue(parsing: response.body)
        guard response.status == 200 else { throw AzureADError.graphError(of: response, body: body) }
        guard let token = body?["access_token"]?.string, !token.isEmpty else {
            throw GraphError(.transient, "the token service answered 200 without access_token", status: 200)
        }
        // RFC 6749 section 5.1 lets a service keep it to itself: then the shortest counts.
        let end = seconds(body?["expires_on"]).map { $0 - now.timeIntervalSince1970 }
        let lifetime = Duration(tokenLifetime: seconds(body?["expires_in"]) ?? end) ?? .seconds(60)
        return AccessToken(value: Secret(token), issuedAt: now, expiresAt: now + lifetime / .seconds(1))
    }

    /// A number at the token endpoint, a string from managed identities.
    private static func seconds(_ value: JSONValue?) -> Double? { value?.number ?? value?.string.flatMap(Double.init) }
}
