// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import MicrosoftGraph
public import Secrets

/// Believes or refuses tokens of one tenant for one registration.
public struct TenantSignIn: Sendable {
    /// Application id of the gateway's registration.
    public let clientID: String
    private let keys: TenantKeys
    private let client: OpenIDClient

    public init(clientID: String, client: OpenIDClient) {
        self.clientID = clientID
        self.client = client
        keys = TenantKeys(client)
    }

    public func configuration() async throws -> OpenIDConfiguration { try await keys.configuration() }

    /// Judges the ID token of a sign-in.
    ///
    /// - Throws: `TokenRefusal`; `GraphError` when the tenant's keys cannot be had.
    public func person(_ token: Secret, nonce: String) async throws -> Identity {
        let (token, rules) = try await verified(token.revealed)
        return try rules.person(token.claims, nonce: nonce)
    }

    /// Judges a token that was shown to the API.
    public func bearer(_ token: Secret) async throws -> Identity {
        let (token, rules) = try await verified(token.revealed)
        return try rules.bearer(token.claims)
    }

    private func verified(_ text: String) async throws -> (JSONWebToken, TokenRules) {
        let token = try JSONWebToken(parsing: text)
        let configuration = try await keys.configuration()
        guard let tenant = configuration.tenantID else {
            throw GraphError(
                .configuration,
                "the tenant's openid-configuration names no tenant in its issuer: give section tenant one of its own")
        }
        // The key's issuer is written for version 2.0, whatever the version of the token.
        let signs = { @Sendable (key: SigningKey) in key.signs(for: configuration.issuer, tenant: tenant) }
        guard let key = try await keys.key(token.keyIdentifier, where: signs) else {
            throw TokenRefusal.unknownKey(token.keyIdentifier)
        }
        try token.verify(key.publicKey)
        guard signs(key) else { throw TokenRefusal.foreignKey(key.identifier) }
        return (
            token,
            TokenRules(
                issuer: configuration.issuer, tenantID: tenant, clientID: clientID, now: client.clock.now())
        )
    }
}
