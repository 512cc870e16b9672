// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Synchronization

/// `POST /{tenant}/oauth2/v2.0/token`: client credentials (wire/entra-oauth.md sections 1 to 3, 6) and the codes of people who sign in
/// (wire/entra-oidc.md section 3).
final class TokenEndpoint: Sendable {
    let loops = LoopDetector()
    private let tenantID: String
    private let sandboxURL: String
    /// The gateway's, then that of a program for automation.
    private let registrations: [ClientRegistration]
    private let tokens: TokenIssuer
    private let clock: SandboxClock
    private let keys: SigningKeys
    private let state: SignInState
    private let claims: PersonClaims
    private let isSecretExpired = Mutex(false)

    init(
        sandboxURL: String, registrations: [ClientRegistration], tokens: TokenIssuer, keys: SigningKeys,
        claims: PersonClaims
    ) {
        tenantID = claims.tenantID
        self.sandboxURL = sandboxURL
        self.registrations = registrations
        self.tokens = tokens
        self.keys = keys
        self.claims = claims
        (state, clock) = (claims.state, claims.clock)
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
        let basic = try Self.basicCredentials(call.request.header("Authorization"))
        guard let clientID = form["client_id"] ?? basic?.id else { throw missing("client_id") }
        guard let registration = registrations.first(where: { $0.clientID == clientID }) else {
            throw refusal(
                700016, "unauthorized_client",
                "Application with identifier '\(clientID)' was not found in the directory.")
        }
        switch grant {
        case "client_credentials":
            let audience = try audience(ofScope: form["scope"])
            try authenticate(registration, form, secret: basic?.secret)
            return try clientCredentials(registration, audience, form)
        case "authorization_code":
            // A browser's own request, which may hold no credential (wire/entra-oidc.md section 3).
            guard call.request.header("Origin") == nil else {
                throw refusal(
                    9_002_326, "invalid_request", "Cross-origin token redemption is permitted only for 'spa'.")
            }
            try authenticate(registration, form, secret: basic?.secret)
            return try redeem(registration, form)
        default:
            throw refusal(70003, "unsupported_grant_type", "The app requested an unsupported grant type '\(grant)'.")
        }
    }

    private func clientCredentials(
        _ registration: ClientRegistration, _ audience: String, _ form: FormFields
    ) throws(Reply) -> Reply {
        guard !loops.isLoop(form.fingerprint, at: clock.now) else {
            throw refusal(50196, "invalid_grant", "The server terminated an operation because it encountered a loop.")
        }
        guard audience == registrations[0].clientID else {
            let token = tokens.issue(audience: audience)
            return answer(["access_token": .string(token.text)], lifetime: token.lifetime)
        }
        // A program without a role gets a token all the same.
        let roles = registration.clientID == registrations[0].clientID ? [] : state.switches.applicationRoles
        let text = try signed(claims.application(registration.clientID, audience: audience, roles: roles))
        return answer(["access_token": .string(text)], lifetime: 3599)
    }

    /// Redeems a code, once.
    private func redeem(_ registration: ClientRegistration, _ form: FormFields) throws(Reply) -> Reply {
        guard let text = form["code"] else { throw missing("code") }
        guard let redirect = form["redirect_uri"] else { throw missing("redirect_uri") }
        guard let code = state.redeem(text) else {
            throw refusal(9_002_313, "invalid_request", "Invalid request. Request is malformed or invalid.")
        }
        guard code.clientID == registration.clientID else {
            throw refusal(
                700_005, "invalid_grant", "Provided Authorization Code is intended to use against other application.")
        }
        guard !code.isRedeemed else {
            throw refusal(54005, "invalid_grant", "OAuth2 Authorization code was already redeemed.")
        }
        guard clock.now < code.expiresAt else {
            throw refusal(70008, "invalid_grant", "The provided authorization code has expired.")
        }
        guard code.redirectURI == redirect else {
            throw refusal(
                500_112, "invalid_client", "The reply address does not match the one of the authorization code.")
        }
        if let challenge = code.challenge {
            let verifier = form["code_verifier"] ?? ""
            let made =
                code.method == "S256" ? Base64URL.encode(DigestAlgorithm.sha256.digest(Array(verifier.utf8))) : verifier
            guard (43...128).contains(verifier.utf8.count), made == challenge else {
                throw refusal(501_481, "invalid_grant", "The Code_Verifier does not match the code_challenge.")
            }
        }
        var members: [String: JSONValue] = ["scope": .string(code.scope)]
        let scopes = code.scope.split(separator: " ").map(String.init)
        let isForGateway = scopes.contains { ResourceApplication.isGateway($0, clientID: registrations[0].clientID) }
        if scopes.contains("openid") { members["id_token"] = .string(try signed(claims.identity(code))) }
        // For `openid` alone it is one for Graph, which nobody here looks at.
        members["access_token"] = .string(
            isForGateway
                ? try signed(
                    claims.delegated(code, program: registration.clientID, audience: registrations[0].clientID))
                : tokens.issue(audience: ResourceApplication.graph).text)
        return answer(members, lifetime: 3599)
    }

    private func signed(_ claims: [String: JSONValue]) throws(Reply) -> String {
        do {
            return try keys.sign(claims)
        } catch {
            throw refusal(90090, "server_error", "\(error)", 500)
        }
    }

    private func answer(_ members: [String: JSONValue], lifetime: Int) -> Reply {
        let common: [String: JSONValue] = [
            "token_type": "Bearer", "expires_in": JSONValue(lifetime), "ext_expires_in": JSONValue(lifetime),
        ]
        return .json(
            .object(common.merging(members) { $1 }),
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
        if ResourceApplication.isGateway(scope, clientID: registrations[0].clientID) {
            return registrations[0].clientID
        }
        guard let audience = ResourceApplication.audience(ofScope: scope, sandboxURL: sandboxURL) else {
            throw refusal(
                500011, "invalid_resource", "The resource principal named \(scope) was not found in the tenant.")
        }
        return audience
    }

    private func authenticate(
        _ registration: ClientRegistration, _ form: FormFields, secret basicSecret: String?
    ) throws(Reply) {
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
