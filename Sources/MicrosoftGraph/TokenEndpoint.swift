// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import JSONDocuments
import Secrets

/// The client credentials grant at one tenant (RFC 6749 section 4.4, wire/entra-oauth.md sections 1 and 3).
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
        return try await sender.send(isIdempotent: true, { request(try credential(), scope) }) {
            try Self.read($0, now: now)
        }
    }

    private func request(_ credential: [(name: String, value: Secret)], _ scope: String) -> HTTPRequest {
        let form =
            [("client_id", clientID), ("grant_type", "client_credentials"), ("scope", scope)]
            + credential.map { ($0.name, $0.value.revealed) }
        return HTTPRequest(
            method: "POST", url: url,
            headers: [
                ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
                ("client-request-id", UUID().uuidString.lowercased()), ("return-client-request-id", "true"),
            ], body: Array(PercentEncoding.form(form).utf8), secrets: credential.map(\.value), isConfidential: true)
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
