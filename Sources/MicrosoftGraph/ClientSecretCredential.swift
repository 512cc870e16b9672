// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Secrets

/// The application's secret (wire/entra-oauth.md section 1).
public struct ClientSecretCredential: ApplicationCredential {
    private let endpoint: TokenEndpoint
    private let secret: Secret

    /// - Parameters:
    ///   - tenant: directory id or a verified domain.
    ///   - clientID: application (client) id.
    ///   - secret: the secret's value, not its id.
    public init(tenant: String, clientID: String, secret: Secret, endpoints: TenantEndpoints) {
        endpoint = TokenEndpoint(url: endpoints.tokenURL(tenant: tenant), clientID: clientID)
        self.secret = secret
    }

    public var clientID: String { endpoint.clientID }
    public var label: String { "client secret of application \(endpoint.clientID)" }

    public func requestToken(scope: String, through sender: RequestSender) async throws -> AccessToken {
        try await endpoint.redeem(scope: scope, through: sender) { [("client_secret", secret)] }
    }

    public func redeem(_ code: AuthorizationCode, through sender: RequestSender) async throws -> Secret {
        try await endpoint.redeem(code, through: sender) { [("client_secret", secret)] }
    }
}
