// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Settings

extension APIOperation {
    /// Who asks, and for how long yet.
    static let session = [
        APIOperation(
            "getSession", .get, "/session", tag: "Session", "Who I am here, and what I may", permission: nil,
            answer: .json(.session)
        ) { call in .json(try call.session) },
        APIOperation(
            "extendSession", .post, "/session/extensions", tag: "Session",
            "Count the idle time of my session anew; the end that was set at sign-in stays", permission: nil,
            answer: .json(.session)
        ) { call in
            guard let authentication = call.authentication, authentication.csrfToken != nil,
                let secret = SessionCookie(call.gateway.configuration.console).session(of: call.request)
            else {
                throw APIProblem.conflict(
                    "a token has no session: it ends when it was said to end", code: .noSession,
                    nextStep: "Make another token, if this one ends too early.")
            }
            if call.isDryRun { return .json(try call.session) }
            guard
                let session = try await call.gateway.sessions.extend(secret, lifetime: call.gateway.sessionLifetime)
            else { throw GatewayAuthenticator.sessionOver }
            return .json(
                Authentication(session, secret, roles: call.gateway.configuration.console?.roles ?? [:]).json)
        },
    ]
}

extension APICall {
    fileprivate var session: JSONValue {
        get throws {
            guard let authentication else { throw GatewayAuthenticator.sessionOver }
            return authentication.json
        }
    }
}

extension Authentication {
    fileprivate var json: JSONValue {
        let permissions = Set(caller.roles.flatMap(RoleTable.permissions(of:)))
        return [
            "name": .string(caller.name), "roles": JSONValue(caller.roles.map(\.rawValue).sorted()),
            "permissions": JSONValue(permissions.map(\.rawValue).sorted()), "origin": .string(caller.origin),
            "expiresAt": JSONValue(expiresAt?.ISO8601Format()), "csrfToken": JSONValue(csrfToken),
            "landing": .string(caller.roles.landing),
        ]
    }
}

extension APISchema {
    fileprivate static let session = APISchema.named(
        "Session",
        .answer(
            APIField("name", .string, "as it stands in timelines and in the audit trail"),
            APIField("roles", .list(.word(Role.allCases.map(\.rawValue)))),
            APIField("permissions", .list(.word(Permission.allCases.map(\.rawValue)))),
            APIField("origin", .string, "why there are these roles"),
            APIField("expiresAt", .nullable(.time), "when it is over unless something happens before"),
            APIField("csrfToken", .nullable(.string), "what changes must carry in X-CSRF-Token; null for tokens"),
            APIField("landing", .string, "the page to begin with")))
}
