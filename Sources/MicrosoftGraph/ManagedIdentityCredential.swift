// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Secrets

/// The identity that Azure gives to a machine or an app (wire/entra-oauth.md section 5).
public struct ManagedIdentityCredential: TokenCredential {
    private static let metadata = "http://169.254.169.254/metadata/identity/oauth2/token"

    private let clientID: String?
    private let environment: @Sendable () -> [String: String]

    /// - Parameters:
    ///   - clientID: of a user-assigned identity; nil for the one that belongs to the machine.
    ///   - environment: read for each token: the header's value changes.
    public init(
        clientID: String?,
        environment: @escaping @Sendable () -> [String: String] = { ProcessInfo.processInfo.environment }
    ) {
        self.clientID = clientID
        self.environment = environment
    }

    public var label: String { clientID.map { "managed identity \($0)" } ?? "managed identity of this machine" }

    public func requestToken(scope: String, through sender: RequestSender) async throws -> AccessToken {
        let now = sender.clock.now()
        return try await sender.send(request(scope), isIdempotent: true) { try TokenEndpoint.read($0, now: now) }
    }

    private func request(_ scope: String) -> HTTPRequest {
        let suffix = "/.default"
        var query = [("resource", scope.hasSuffix(suffix) ? String(scope.dropLast(suffix.count)) : scope)]
        if let clientID { query.append(("client_id", clientID)) }
        let environment = environment()
        // App Service, Functions and Container Apps have an endpoint of their own; other machines one address for all.
        guard let endpoint = environment["IDENTITY_ENDPOINT"], let header = environment["IDENTITY_HEADER"] else {
            return request(Self.metadata, [("api-version", "2018-02-01")] + query, ("Metadata", "true"))
        }
        var request = request(endpoint, [("api-version", "2019-08-01")] + query, ("X-IDENTITY-HEADER", header))
        request.secrets = [Secret(header)]
        return request
    }

    private func request(
        _ url: String, _ query: [(String, String)], _ header: (name: String, value: String)
    ) -> HTTPRequest {
        var request = HTTPRequest(
            method: "GET", url: "\(url)?\(PercentEncoding.form(query))",
            headers: [header, ("Accept", "application/json")],
            isConfidential: true)
        // Link-local: it does not leave the host.
        request.allowsPlainHTTP = url.hasPrefix("http://169.254.")
        return request
    }
}
