// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Synchronization

/// `POST /{tenant}/oauth2/v2.0/token` for client credentials (wire/entra-oauth.md sections 1 to 3, 6).
final class TokenEndpoint: Sendable {
    let loops = LoopDetector()
    private let tenantID: String
    private let sandboxURL: String
    private let registration: ClientRegistration
    private let tokens: TokenIssuer
    private let clock: SandboxClock
    private let isSecretExpired = Mutex(false)

    init(
        tenantID: String, sandboxURL: String, registration: ClientRegistration, tokens: TokenIssuer, clock: SandboxClock
    ) {
        self.tenantID = tenantID
        self.sandboxURL = sandboxURL
        self.registration = registration
        self.tokens = tokens
        self.clock = clock
    }

    /// From now on the secret counts as expired, or as good again.
    func setSecretExpired(_ expired: Bool) { isSecretExpired.withLock { $0 = expired } }

    var routes: [Route] {
        [Route("token", "POST", "/{tenant}/oauth2/v2.0/token") { try self.issue($0) }]
    }

    private func issue(_ call: Call) throws(Reply) -> Reply {
        try checkTenant(call["tenant"])
        guard call.isOfType("application/x-www-form-urlencoded") else {
            throw refusal(
                900144, "invalid_request",
                "The request body must contain the following parameter: 'grant_type'. Send a form, not JSON.")
        }
        let form = FormFields(call.request.body)
        if let name = form.repeated {
            throw refusal(9000411, "invalid_request", "The parameter '\(name)' is duplicated.")
        }
        guard let grant = form["grant_type"] else { throw missing("grant_type") }
        guard grant == "client_credentials" else {
            throw refusal(70003, "unsupported_grant_type", "The app requested an unsupported grant type '\(grant)'.")
        }
        let basic = try Self.basicCredentials(call.request.header("Authorization"))
        guard let clientID = form["client_id"] ?? basic?.id else { throw missing("client_id") }
        guard clientID == registration.clientID else {
            throw refusal(
                700016, "unauthorized_client",
                "Application with identifier '\(clientID)' was not found in the directory.")
        }
        let audience = try audience(ofScope: form["scope"])
        try authenticate(form, secret: basic?.secret)
        guard !loops.isLoop(form.fingerprint, at: clock.now) else {
            throw refusal(50196, "invalid_grant", "The server terminated an operation because it encountered a loop.")
        }
        let token = tokens.issue(audience: audience)
        return .json(
            [
                "token_type": "Bearer", "expires_in": JSONValue(token.lifetime),
                "ext_expires_in": JSONValue(token.lifetime), "access_token": .string(token.text),
            ],
            headers: [
                ("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store, no-cache"),
                ("Pragma", "no-cache"),
            ])
    }

    private func checkTenant(_ tenant: String) throws(Reply) {
        if ["common", "organizations", "consumers"].contains(tenant) {
            throw refusal(
                53003, "unauthorized_client", "Client credentials need a tenant of their own, found '\(tenant)'.")
        }
        guard tenant.lowercased() == tenantID || tenant.lowercased() == PersonGenerator.domain else {
            throw refusal(90002, "invalid_request", "Tenant '\(tenant)' not found. Check the tenant ID.")
        }
    }

    private func audience(ofScope scope: String?) throws(Reply) -> String {
        guard let scope else { throw missing("scope") }
        let words = scope.split(separator: " ")
        guard words.count == 1 else {
            throw refusal(28000, "invalid_scope", "Provided value for the input parameter scope names two resources.")
        }
        guard scope.hasSuffix("/.default") else {
            throw refusal(
                1_002_012, "invalid_scope",
                "The provided value for scope \(scope) is not valid. Client credential flows must have a scope value "
                    + "with /.default suffixed to the resource identifier.")
        }
        guard let audience = ResourceApplication.audience(ofScope: scope, sandboxURL: sandboxURL) else {
            throw refusal(
                500011, "invalid_resource", "The resource principal named \(scope) was not found in the tenant.")
        }
        return audience
    }

    private func authenticate(_ form: FormFields, secret basicSecret: String?) throws(Reply) {
        guard form["client_secret"] == nil || basicSecret == nil else {
            throw refusal(7_000_216, "invalid_request", "The secret was sent both in the form and in the header.")
        }
        if let assertion = form["client_assertion"] {
            guard form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" else {
                throw missing("client_assertion_type")
            }
            let authority = "https://login.microsoftonline.com/\(tenantID)"
            return try ClientAssertion(
                registration: registration,
                audiences: [
                    "\(sandboxURL)/\(tenantID)/oauth2/v2.0/token", "\(sandboxURL)/\(tenantID)/v2.0",
                    "\(authority)/oauth2/v2.0/token", "\(authority)/v2.0",
                ], now: clock.now
            ).check(assertion)
        }
        guard let secret = form["client_secret"] ?? basicSecret else {
            throw refusal(
                7_000_218, "invalid_request",
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
        }
        guard secret == registration.secret else {
            throw refusal(
                7_000_215, "invalid_client",
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
                    + "value, not the client secret ID.", 401)
        }
        guard !isSecretExpired.withLock({ $0 }) else {
            throw refusal(7_000_222, "invalid_client", "The provided client secret keys are expired.", 401)
        }
    }

    /// Client id and secret of HTTP Basic, each form-encoded inside (RFC 6749 section 2.3.1).
    private static func basicCredentials(_ header: String?) throws(Reply) -> (id: String, secret: String)? {
        guard let header, header.lowercased().hasPrefix("basic ") else { return nil }
        let text = Data(base64Encoded: String(header.dropFirst(6))).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else {
            throw LoginDialect.error(7_000_216, "invalid_request", "The Basic credentials cannot be read.")
        }
        return (FormFields.decode(parts[0]), FormFields.decode(parts[1]))
    }

    private func missing(_ field: String) -> Reply {
        refusal(900144, "invalid_request", "The request body must contain the following parameter: '\(field)'.")
    }

    private func refusal(_ code: Int, _ error: String, _ text: String, _ status: Int = 400) -> Reply {
        LoginDialect.error(code, error, text, status)
    }
}
