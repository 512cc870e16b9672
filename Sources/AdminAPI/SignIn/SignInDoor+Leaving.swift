// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Gateway
import HTTPServing
import HTTPTransport
import JSONDocuments
import MicrosoftGraph
import Settings
import SignIn

extension SignInDoor {
    /// Lets somebody in by a token of our own: where no tenant signs people in, or the tenant is away.
    func token(_ request: ServerRequest, _ gateway: Gateway) async throws -> ServerAnswer {
        // A page of somebody else must not sign a browser in as somebody else.
        try Self.requireOwnPage(request)
        let form = Self.form(request)
        let cookie = SessionCookie(gateway.configuration.console)
        let text = (form["token"] ?? "").filter { !$0.isWhitespace }
        guard let secret = SecretText.token(text), let token = try await gateway.tokens.valid(secret),
            try await gateway.tokens.spend(token)
        else {
            let refusal = APIProblem(
                401, .tokenRefused, "The token is not accepted.",
                SecretText.token(text) == nil
                    ? "it is cut off or misspelt: a token begins with cwt_ and has 50 characters"
                    : "there is no such token, or it has expired, was revoked, or was for one session that has begun",
                nextStep: "Take a valid token; 'certway token bootstrap' makes one for a first sign-in.")
            throw desk.answer(refusal, to: desk.origin(of: request, gateway))
        }
        let caller = Caller(token)
        let (session, _) = try await gateway.sessions.begin(
            name: caller.name, .token(token), lifetime: gateway.sessionLifetime, replacing: cookie.session(of: request))
        try await record(.beginSession, of: caller.name, gateway, caller.origin)
        let way = form["return"].map { ReturnPath($0).text } ?? caller.roles.landing
        let answer: ServerAnswer =
            Self.wantsJSON(request)
            ? .response(
                status: 200, headers: [("Content-Type", "application/json")],
                body: Array((["address": .string(way)] as JSONValue).text.utf8))
            : Self.redirect(to: way, status: 303)
        return answer.setting([cookie.setting(session)])
    }

    /// Ends a session, or all of somebody, and says where the browser goes to end that of the tenant, too.
    func logout(_ request: ServerRequest, _ gateway: Gateway) async throws -> ServerAnswer {
        let cookie = SessionCookie(gateway.configuration.console)
        var address = "/signin"
        if let secret = cookie.session(of: request),
            let session = try await gateway.sessions.session(secret, lifetime: gateway.sessionLifetime)
        {
            let authentication = Authentication(
                session, secret, roles: gateway.configuration.console?.roles ?? [:])
            guard let shown = request.header("X-CSRF-Token"), let token = authentication.csrfToken,
                ConstantTime.areEqual(shown, token)
            else {
                throw APIProblem(
                    403, .crossSite, "The request does not come from this console.",
                    "the header X-CSRF-Token is missing or is not that of the session",
                    nextStep: "Open the console again, and sign out there.")
            }
            if request.query("everywhere") == "true" {
                _ = try await gateway.sessions.endAll(of: session)
            } else {
                try await gateway.sessions.end(secret)
            }
            try await record(.endSession, of: session.name, gateway, "signed out")
            if case .tenant = session.origin { address = try await leavingTenant(session, gateway) ?? address }
        }
        return .response(
            status: 200, headers: [("Content-Type", "application/json"), cookie.clearing],
            body: Array((["address": .string(address)] as JSONValue).text.utf8))
    }

    /// Where the tenant's own session ends (wire/entra-oidc.md section 5); nil where the tenant cannot be asked.
    private func leavingTenant(_ session: Session, _ gateway: Gateway) async throws -> String? {
        guard let publicURL = gateway.configuration.console?.publicURL,
            let signIn = try? desk.tenantSignIn(gateway),
            let endpoint = try? await signIn.configuration().endSessionEndpoint
        else { return nil }
        var query = [("post_logout_redirect_uri", publicURL + "/signin")]
        if let hint = session.logoutHint { query.append(("logout_hint", hint)) }
        let text = query.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return "\(endpoint)\(endpoint.contains("?") ? "&" : "?")\(text)"
    }

    /// The tenant says, in a frame of its own page, that a session of its own is over: it names it by `sid`, and no cookie comes along.
    /// Whatever is said, the answer is the same: it tells nobody which sessions there are.
    func frontChannel(_ request: ServerRequest, _ gateway: Gateway) async throws -> ServerAnswer {
        let issuer = request.query("iss")
        var isOurs = true
        if let issuer, let signIn = try? desk.tenantSignIn(gateway) {
            isOurs = (try? await signIn.configuration().issuer) == issuer
        }
        if isOurs, let sid = request.query("sid") {
            let ended = try await gateway.sessions.end(tenantSession: sid)
            if ended > 0 {
                gateway.logger.log(.info, "the tenant has ended a session", fields: [("sessions", "\(ended)")])
            }
        }
        return .text("", type: "text/html; charset=utf-8")
    }

    /// Whether a form comes from a page of ours: the browser says so (Fetch Metadata), or names the page's origin.
    private static func requireOwnPage(_ request: ServerRequest) throws(APIProblem) {
        if let site = request.header("Sec-Fetch-Site") {
            guard ["same-origin", "none"].contains(site) else { throw foreign }
        } else if let origin = request.header("Origin") {
            guard let host = request.header("Host"), self.host(of: origin) == host.lowercased() else { throw foreign }
        }
    }

    private static let foreign = APIProblem(
        403, .crossSite, "The request does not come from this console.", "the form was sent by a page of another site",
        nextStep: "Open /signin, and sign in there.")

    /// The fields of a form; the first of a name counts.
    private static func form(_ request: ServerRequest) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in String(decoding: request.body, as: UTF8.self).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let values = parts.map { $0.replacing("+", with: " ").removingPercentEncoding ?? "" }
            if fields[values[0]] == nil { fields[values[0]] = values.count == 2 ? values[1] : "" }
        }
        return fields
    }
}
