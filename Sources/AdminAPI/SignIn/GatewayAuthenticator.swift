// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
public import HTTPServing
import MicrosoftGraph
import Secrets
import Settings
import SignIn
import Synchronization

/// Finds out who sends a request: by the cookie of a session, a token of our own, or a token of the tenant.
public struct GatewayAuthenticator: Authenticator {
    private let desk: SignInDesk
    private let grants = GrantMemory()
    private let sessionGrants = SessionGrants()

    public init(_ desk: SignInDesk) { self.desk = desk }

    public func authenticate(_ request: ServerRequest) async throws -> Authentication? {
        let gateway = try await desk.gateway()
        let header = request.header("Authorization")
        let cookie = SessionCookie(gateway.configuration.console)
        guard header != nil || cookie.isThere(request) else { return nil }
        // A program's token counts before a cookie that happens to be there.
        guard let header else { return try await session(cookie.session(of: request), gateway) }
        do {
            return try await bearer(header, gateway)
        } catch let problem as APIProblem {
            guard problem.status == 401 else { throw problem }
            throw desk.answer(problem, to: desk.origin(of: request, gateway))
        }
    }

    private func session(_ secret: SecretText?, _ gateway: Gateway) async throws -> Authentication {
        guard let secret,
            let session = try await gateway.sessions.session(secret, lifetime: gateway.sessionLifetime)
        else { throw Self.sessionOver }
        var present: RoleGrants?
        if case .tenant(let objectID, let first) = session.origin {
            try await requireAccount(objectID, since: session.createdAt, gateway)
            let decision = gateway.roleDecision()
            present = try await sessionGrants.of(
                secret.hash, (first, session.createdAt), now: gateway.ledger.clock.now()
            ) { try await decision.confirmed($0, of: objectID) }
        }
        return Authentication(
            session, secret, grants: present, roles: gateway.configuration.console?.roles ?? [:])
    }

    /// With the account goes everything that it had, as soon as the directory was read: a session or token of before is none any more.
    /// A reading from before the tenant has let them in says nothing against it: nobody is to be shut out by a directory that cannot be read.
    private func requireAccount(_ objectID: String, since date: Date, _ gateway: Gateway) async throws {
        guard let known = try await gateway.mirror.peopleAsMembers(ids: [objectID]).first,
            known.isDeleted || !known.person.isAccountEnabled,
            let readAt = try await gateway.mirror.newestReading(), readAt > date
        else { return }
        throw APIProblem(
            401, .accountDisabled, "Your account is disabled.",
            "the directory shows your account \(known.isDeleted ? "deleted" : "disabled")", actor: "administrator",
            nextStep: "Ask whoever administers the tenant.", headers: ["WWW-Authenticate": "Bearer realm=\"certway\""])
    }

    static let sessionOver = APIProblem(
        401, .sessionOver, "Your session is over.",
        "it has ended by itself or by signing out, here or in the tenant", nextStep: "Sign in again at /signin.",
        headers: ["WWW-Authenticate": "Bearer realm=\"certway\""])

    private func bearer(_ header: String, _ gateway: Gateway) async throws -> Authentication {
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw Self.refused("the header Authorization is no bearer token")
        }
        let text = String(words[1])
        guard !SecretText.looksLikeToken(text) else { return try await own(text, gateway) }
        guard let signIn = try desk.tenantSignIn(gateway) else {
            throw Self.refused("it is no token of this gateway (cwt_...), and no tenant signs in here")
        }
        do {
            let identity = try await signIn.bearer(Secret(text))
            // The tenant gives none to an account that is disabled, and they are good for about an hour.
            try await requireAccount(identity.objectID, since: gateway.ledger.clock.now() - 3600, gateway)
            let roles = gateway.configuration.console?.roles ?? [:]
            let found = try await grants.of(identity, text) { try await gateway.roleDecision().grants(of: identity) }
            return Authentication(
                Caller(
                    name: identity.name, roles: found.roles(by: roles), objectID: identity.objectID,
                    origin: found.origin(by: roles)), key: "tenant-\(identity.objectID)")
        } catch let refusal as TokenRefusal {
            throw Self.refused("\(refusal)")
        } catch let refusal as RoleRefusal {
            throw APIProblem(
                403, .noRole, "You have no role here.", "\(refusal)", actor: "administrator",
                nextStep: "Ask whoever administers the tenant for one of the groups or app roles that are named.",
                headers: ["WWW-Authenticate": "Bearer realm=\"certway\", error=\"insufficient_scope\""])
        }
    }

    private func own(_ text: String, _ gateway: Gateway) async throws -> Authentication {
        guard let secret = SecretText.token(text) else {
            throw Self.refused("it is cut off or misspelt: its last six characters do not fit the others")
        }
        guard let token = try await gateway.tokens.valid(secret) else {
            throw Self.refused("there is no such token, or it has expired or was revoked")
        }
        guard token.kind == .named else {
            throw Self.refused(
                "a bootstrap token is for the sign-in page; 'certway token create' makes one for programs")
        }
        return Authentication(
            Caller(token), key: "token-\(token.id)", expiresAt: token.endsAt)
    }

    private static func refused(_ detail: String) -> APIProblem {
        APIProblem(
            401, .tokenRefused, "The token is not accepted.", detail,
            nextStep: "Take a valid token, or make one with 'certway token create'.",
            headers: [
                "WWW-Authenticate":
                    "Bearer realm=\"certway\", error=\"invalid_token\", error_description=\"\(quoted(detail))\""
            ])
    }

    /// Text inside of quotes (RFC 6750 section 3: no quotes, no backslash, ASCII).
    private static func quoted(_ text: String) -> String {
        String(
            text.unicodeScalars.prefix(300).map { scalar in
                (0x20..<0x7F).contains(scalar.value) && scalar != "\"" && scalar != "\\" ? Character(scalar) : "'"
            })
    }
}

extension Caller {
    init(_ token: APIToken) {
        self.init(
            name: token.actor, roles: [token.role], tokenID: token.id,
            origin: "by API token \(token.name), valid until \(token.endsAt.ISO8601Format())")
    }
}

extension Authentication {
    /// - Parameters:
    ///   - present: what the tenant says now of whoever it has signed in; nil for what it said then.
    ///   - roles: the groups and app roles that give roles now.
    init(_ session: Session, _ secret: SecretText, grants present: RoleGrants? = nil, roles: [Role: [String]]) {
        let caller =
            switch session.origin {
            case .tenant(let objectID, let first):
                Caller(
                    name: session.name, roles: (present ?? first).roles(by: roles), objectID: objectID,
                    origin: (present ?? first).origin(by: roles))
            case .token(let token): Caller(token)
            }
        self.init(
            caller, key: "session-\(secret.hash.prefix(32))", csrfToken: secret.derived(for: "csrf"),
            expiresAt: session.expiresAt, authenticatedAt: session.authenticatedAt)
    }
}
