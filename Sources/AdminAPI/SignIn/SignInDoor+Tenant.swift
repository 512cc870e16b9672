// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import HTTPServing
import HTTPTransport
import MicrosoftGraph
import Records
import Secrets
import Settings
import SignIn

extension SignInDoor {
    private static let prompts = ["login", "none", "select_account", "consent"]

    /// Sends the browser to the tenant (wire/entra-oidc.md section 2).
    func start(_ request: ServerRequest, _ gateway: Gateway) async throws -> ServerAnswer {
        guard let console = gateway.configuration.console, let publicURL = console.publicURL,
            let signIn = try desk.tenantSignIn(gateway)
        else {
            throw SignInStop(
                404, "No tenant signs in here",
                [
                    "Section console.signIn of the configuration is missing: people sign in with a token.",
                    "'certway token create' makes one, and 'certway token bootstrap' the first.",
                ])
        }
        let asked = request.query("return")
        let path = asked.map { ReturnPath($0) }
        // Cookies belong to a host: whoever came by another name of ours goes on under the one that the tenant leads back to.
        if let host = request.header("Host"), host.lowercased() != Self.host(of: publicURL),
            request.query("again") == nil
        {
            let way = path.map { "&return=\(PercentEncoding.encode($0.text))" } ?? ""
            return Self.redirect(to: "\(publicURL)/auth/start?again=1\(way)", status: 302)
        }
        let attempt = SignInAttempt()
        var query = [
            ("client_id", signIn.clientID), ("response_type", "code"), ("redirect_uri", publicURL + "/auth/callback"),
            ("response_mode", "query"), ("scope", "openid profile"), ("state", attempt.state),
            ("nonce", attempt.nonce), ("code_challenge", attempt.challenge), ("code_challenge_method", "S256"),
        ]
        if let prompt = request.query("prompt"), Self.prompts.contains(prompt) { query.append(("prompt", prompt)) }
        let endpoint = try await signIn.configuration().authorizationEndpoint
        let text = query.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return Self.redirect(to: "\(endpoint)\(endpoint.contains("?") ? "&" : "?")\(text)", status: 302)
            .setting([SessionCookie(console).setting(attempt, returning: path)])
    }

    /// Takes the tenant's answer (wire/entra-oidc.md sections 3 and 4).
    func callback(_ request: ServerRequest, _ gateway: Gateway) async throws -> ServerAnswer {
        let cookie = SessionCookie(gateway.configuration.console)
        let address = desk.origin(of: request, gateway)
        let state = request.query("state") ?? ""
        guard let (attempt, way) = cookie.attempt(ofState: state, request) else {
            throw SignInStop(
                400, "This sign-in was not begun here",
                [
                    "It was begun in another browser, more than \(SignInAttempt.lifetime / 60) minutes ago, or it is done already.",
                    "Nothing has happened. Sign in again.",
                ])
        }
        let forget = [cookie.clearingAttempt(ofState: state)]
        if let error = request.query("error") {
            throw Self.refusal(error, request.query("error_description") ?? "", forget)
        }
        guard let code = request.query("code"), !code.isEmpty, let publicURL = gateway.configuration.console?.publicURL,
            let signIn = try desk.tenantSignIn(gateway)
        else {
            throw SignInStop(
                400, "The tenant gave no answer", ["Its answer holds neither a code nor an error."], cookies: forget)
        }
        let identity: Identity
        do {
            let token = try await gateway.signInCredential().redeem(
                AuthorizationCode(
                    code: Secret(code), redirectURI: publicURL + "/auth/callback", verifier: attempt.verifier),
                through: try gateway.tenantSender)
            identity = try await signIn.person(token, nonce: attempt.nonce)
        } catch let refusal as TokenRefusal {
            gateway.logger.log(.warning, "a sign-in was refused: \(refusal)", fields: [("from", address)])
            throw SignInStop(403, "The tenant's answer is not accepted", ["\(refusal)."], cookies: forget)
        } catch let error as GraphError {
            gateway.logger.log(.warning, "a sign-in failed: \(error)", fields: [("from", address)])
            let isAway = [.transient, .throttled, .outcomeUnknown].contains(error.kind)
            throw SignInStop(
                isAway ? 503 : 502, isAway ? "The tenant cannot be asked now" : "The tenant did not accept the sign-in",
                [
                    "\(error.message).",
                    "Try again; if it stays so, whoever runs the gateway must look at its registration.",
                ],
                cookies: forget)
        }
        return try await welcome(identity, back: way.map { ReturnPath($0) }, request, gateway).setting(forget)
    }

    /// Lets somebody in, if there is a role.
    private func welcome(
        _ identity: Identity, back: ReturnPath?, _ request: ServerRequest, _ gateway: Gateway
    ) async throws -> ServerAnswer {
        let console = gateway.configuration.console ?? .init()
        let cookie = SessionCookie(console)
        let forget = [cookie.clearingAttempt(ofState: request.query("state") ?? "")]
        let grants: RoleGrants
        do {
            guard !identity.isGuest || console.signIn?.guests == true else {
                throw SignInStop(
                    403, "Guests are not let in",
                    [
                        "\(identity.name) is an account of another organisation.",
                        "Whoever administers this gateway can allow guests: console.signIn.guests in its configuration.",
                    ], cookies: forget)
            }
            grants = try await gateway.roleDecision().grants(of: identity)
        } catch {
            try await gateway.ledger.audit.record(
                AuditEntry(
                    .refuseSession, AuditObject(.session, identity.name), by: AuditActor(identity.name, .person),
                    person: identity.name, outcome: .refused,
                    reason: (error as? RoleRefusal)?.description ?? "an account of another organisation"))
            guard let refusal = error as? RoleRefusal else { throw error }
            throw SignInStop(403, "You have no role here", ["\(refusal)."], cookies: forget)
        }
        let roles = grants.roles(by: console.roles)
        let (secret, _) = try await gateway.sessions.begin(
            name: identity.name, .tenant(objectID: identity.objectID, grants: grants),
            lifetime: gateway.sessionLifetime,
            tenantSession: identity.sessionID ?? request.query("session_state"), logoutHint: identity.logoutHint,
            authenticatedAt: identity.authenticatedAt,
            replacing: cookie.session(of: request))
        try await record(.beginSession, of: identity.name, gateway, grants.origin(by: console.roles))
        return Self.redirect(to: back?.text ?? roles.landing, status: 302).setting([cookie.setting(secret)])
    }

    func record(_ action: AuditAction, of name: String, _ gateway: Gateway, _ reason: String) async throws {
        try await gateway.ledger.audit.record(
            AuditEntry(
                action, AuditObject(.session, name), by: AuditActor(name, .person), person: name, reason: reason))
    }

    /// What the tenant says instead of a code. Its words are shown: they name the code that support asks for.
    private static func refusal(
        _ error: String, _ text: String, _ forget: [(name: String, value: String)]
    ) -> SignInStop {
        let said = "The tenant says: \(String(text.prefix(500))) (\(String(error.prefix(60))))."
        return switch error {
        case "access_denied": SignInStop(403, "Signing in was cancelled or is not permitted", [said], cookies: forget)
        case "login_required", "interaction_required", "consent_required":
            SignInStop(401, "The tenant wants to ask you", [said], cookies: forget)
        case "server_error", "temporarily_unavailable":
            SignInStop(503, "The tenant cannot sign you in now", [said, "Try again in a moment."], cookies: forget)
        default:
            SignInStop(
                502, "The app registration does not fit",
                [said, "Whoever runs the gateway must look at its registration in the tenant."], cookies: forget)
        }
    }

    static func redirect(to address: String, status: Int) -> ServerAnswer {
        .response(status: status, headers: [("Location", address)])
    }

    /// Host and port of an address, as the header `Host` has them.
    static func host(of address: String) -> String {
        address.split(separator: "/", maxSplits: 2).last.map { $0.lowercased() } ?? ""
    }
}

extension Set<Role> {
    /// Where who has these roles begins (console design, section 2).
    var landing: String {
        let pages: [(Role, String)] = [
            (.administrator, "/console/overview"), (.helpdesk, "/console/people"),
            (.keyRecoveryAgent, "/console/recovery"),
            (.auditor, "/console/audit"), (.integrator, "/console/backend-cas"), (.requester, "/console/requests"),
        ]
        return pages.first { contains($0.0) }?.1 ?? "/my"
    }
}
