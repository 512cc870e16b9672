// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing

/// Where browsers sign in and out (wire/entra-oidc.md sections 2 and 5).
struct SignInEndpoints: Sendable {
    let tenantID: String
    let sandboxURL: String
    let clients: [String]
    let directory: TenantDirectory
    let state: SignInState
    let clock: SandboxClock

    private static let cookie = "sandbox-session"
    /// So many people stand on the page beside those with a role.
    private static let shown = 25

    var routes: [Route] {
        let base = "/{tenant}/oauth2/v2.0"
        return [
            Route("authorize", "GET", "\(base)/authorize") { try ask($0) },
            Route("authorize.choose", "GET", "\(base)/choose") { try choose($0) },
            Route("logout", "GET", "\(base)/logout") { try signOut($0) },
        ]
    }

    /// Registered from the beginning; the port does not count there.
    static let loopback = ["http", "https"].flatMap { scheme in
        ["localhost", "127.0.0.1"].map { "\(scheme)://\($0)/auth/callback" }
    }

    private var registered: [String] { Self.loopback + state.switches.redirectURIs }

    private func session(_ request: ServerRequest) -> SignInState.BrowserSession? {
        let pairs = (request.header("Cookie") ?? "").split(separator: ";").map { $0.drop { $0 == " " } }
        let value = pairs.first { $0.hasPrefix(Self.cookie + "=") }?.dropFirst(Self.cookie.count + 1)
        return state.session(value.map(String.init))
    }

    private func request(_ call: Call) throws(Reply) -> AuthorizationRequest {
        let tenant = call["tenant"].lowercased()
        guard tenant == tenantID || tenant == PersonGenerator.domain else {
            throw .text(SignInPage.problem(90002, "Tenant '\(tenant)' not found."), type: "text/html", status: 400)
        }
        return try AuthorizationRequest(call.request, clients: clients, registered: registered)
    }

    private func ask(_ call: Call) throws(Reply) -> Reply {
        let request = try request(call)
        let known = session(call.request)
        if request.prompt == "none" {
            guard let known else {
                throw request.refusal(
                    "login_required", "AADSTS50058: A silent sign-in request was sent but no user is signed in.")
            }
            return complete(request, known.person, known)
        }
        let path = "/\(call["tenant"])/oauth2/v2.0/choose"
        let people = directory.state
        func choice(_ number: Int, _ title: String) -> SignInPage.Choice {
            let person = people.person(number)
            return SignInPage.Choice(
                title: title, name: "\(person.displayName), \(person.userPrincipalName)",
                address: request.link(path, person: person.id))
        }
        let present = people.numbers.lazy.filter(people.isPresent)
        let withRole = present.prefix(200).filter { !state.roles(of: $0).isEmpty }
        let others = present.filter { state.roles(of: $0).isEmpty }.prefix(Self.shown)
        let roles =
            withRole.map { number in
                choice(
                    number,
                    state.roles(of: number).map { $0.split(separator: ".").last.map(String.init) ?? $0 }.joined(
                        separator: ", "))
            } + others.prefix(1).map { choice($0, "Employee") }
        return .text(
            SignInPage.choose(
                roles, others.dropFirst().map { choice($0, "") }, cancel: request.link(path, person: "cancel")),
            type: "text/html; charset=utf-8")
    }

    private func choose(_ call: Call) throws(Reply) -> Reply {
        let request = try request(call)
        let chosen = call.request.query("person") ?? ""
        if chosen == "cancel" {
            throw request.refusal(
                "access_denied", "AADSTS65004: User declined to consent to access the app.",
                more: [("error_subcode", "cancel")])
        }
        guard let number = directory.presentNumber(chosen) else {
            throw .text(
                SignInPage.problem(50034, "The user account '\(chosen)' does not exist."), type: "text/html",
                status: 400)
        }
        let person = directory.state.person(number)
        guard person.isEnabled else {
            throw .text(SignInPage.problem(50057, "The user account is disabled."), type: "text/html", status: 400)
        }
        guard !state.switches.requiresAssignment || !state.roles(of: number).isEmpty else {
            throw .text(
                SignInPage.problem(50105, "The signed in user is not assigned to a role for the application."),
                type: "text/html",
                status: 400)
        }
        return complete(request, number, session(call.request))
    }

    private func complete(
        _ request: AuthorizationRequest, _ number: Int, _ known: SignInState.BrowserSession?
    ) -> Reply {
        let origin = URLComponents(string: request.redirectURI).map { parts in
            "\(parts.scheme ?? "")://\(parts.host ?? "")\(parts.port.map { ":\($0)" } ?? "")"
        }
        let session = state.begin(number, in: known, application: origin ?? "", at: clock.now)
        let code = state.keep(
            SignInState.Code(
                clientID: request.clientID, redirectURI: request.redirectURI, challenge: request.challenge,
                method: request.method, nonce: request.nonce, scope: request.scope, session: session,
                expiresAt: clock.now.addingTimeInterval(600)))
        return request.answer([("code", code), ("session_state", session.id)])
            .adding("Set-Cookie", "\(Self.cookie)=\(session.id); Path=/; HttpOnly; SameSite=Lax")
    }

    /// Ends the tenant's session; the browser tells each application, with `sid` and nothing else.
    private func signOut(_ call: Call) throws(Reply) -> Reply {
        let next = call.request.query("post_logout_redirect_uri").flatMap { address in
            let isOwn = AuthorizationRequest.isRegistered(address, registered) || isRegisteredOrigin(address)
            return isOwn ? address : nil
        }
        let session = session(call.request)
        let frames = session.map(frames) ?? []
        if let session { state.end(session.id) }
        return Reply.text(SignInPage.signedOut(frames, next: next), type: "text/html; charset=utf-8")
            .adding("Set-Cookie", "\(Self.cookie)=; Path=/; Max-Age=0")
    }

    /// Pages of the application on loopback may be gone back to, whatever their path: they stand for addresses one would register.
    private func isRegisteredOrigin(_ address: String) -> Bool {
        URLComponents(string: address).map { ["localhost", "127.0.0.1"].contains($0.host) } ?? false
    }

    /// The addresses that a browser asks for when a session ends.
    func frames(_ session: SignInState.BrowserSession) -> [String] {
        let urls = state.switches.logoutURLs
        let told = urls.isEmpty ? session.applications.map { $0 + "/auth/frontchannel" } : urls
        return told.map { "\($0)\($0.contains("?") ? "&" : "?")sid=\(session.id)" }
    }
}
