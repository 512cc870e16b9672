// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import HTTPServing
import SignIn

extension APIServer {
    /// Who asks, when that one may.
    ///
    /// - Throws: `APIProblem` 401, 403.
    func authentication(_ request: ServerRequest, _ operation: APIOperation) async throws -> Authentication? {
        guard !operation.isPublic else { return nil }
        guard let authentication = try await authenticator.authenticate(request) else {
            throw APIProblem(
                401, .notSignedIn, "You are not signed in.",
                "the request carries neither a session nor a token",
                nextStep: "Sign in at /signin, or send a token as 'Authorization: Bearer ...'.",
                headers: ["WWW-Authenticate": "Bearer realm=\"certway\""])
        }
        if let token = authentication.csrfToken, !operation.method.isSafe {
            try requireOwnSite(request, token, takes: operation)
        }
        return authentication
    }

    /// The right that an operation asks for, before anything of the request is looked at. A refused change stands in the audit trail, and
    /// a refused look at what is not for everybody.
    ///
    /// - Throws: `AccessDenied`.
    func requireRight(_ caller: Caller?, _ operation: APIOperation) async throws {
        guard let caller, let permission = operation.permission, !caller.may(permission) else { return }
        guard !operation.method.isSafe || permission.isGuarded else { return try caller.require(permission) }
        let entrance = Entrance(caller, try await gateway().ledger.audit)
        try await entrance.require(permission, for: operation.id)
    }

    /// A browser sends its cookie with whatever a page of somebody else makes it send: what changes something must show that it
    /// comes from a page of ours (OWASP, Cross-Site Request Forgery Prevention).
    private func requireOwnSite(
        _ request: ServerRequest, _ token: String, takes operation: APIOperation
    ) throws(APIProblem) {
        func refused(_ detail: String) -> APIProblem {
            APIProblem(
                403, .crossSite, "The request does not come from this console.", detail,
                nextStep: "Open the console again, and repeat it there.")
        }
        guard let shown = request.header("X-CSRF-Token"), ConstantTime.areEqual(shown, token) else {
            throw refused("the header X-CSRF-Token is missing or is not that of the session")
        }
        if let site = request.header("Sec-Fetch-Site") {
            guard site == "same-origin" else { throw refused("the browser says that it comes from another site") }
        } else {
            guard let origin = request.header("Origin"), let host = request.header("Host"),
                let place = origin.firstRange(of: "://"), origin[place.upperBound...].lowercased() == host.lowercased()
            else { throw refused("the header Origin does not name this gateway") }
        }
        if !request.body.isEmpty, operation.bodyType == "application/json",
            request.header("Content-Type")?.lowercased().hasPrefix("application/json") != true
        {
            throw refused("the body is not sent as JSON")
        }
    }

    /// What every answer carries, so that a browser makes nothing else of it.
    static func guarded(_ answer: ServerAnswer) -> ServerAnswer {
        answer.adding([
            ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"),
            ("Referrer-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ])
    }
}

extension ServerAnswer {
    /// The same with further headers; one that is there stays as it is.
    func adding(_ more: [(name: String, value: String)]) -> ServerAnswer {
        func all(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
            let there = Set(headers.map { $0.name.lowercased() })
            return headers + more.filter { !there.contains($0.name.lowercased()) }
        }
        switch self {
        case .response(let status, let headers, let body):
            return .response(status: status, headers: all(headers), body: body)
        case .stream(let status, let headers, let stream):
            return .stream(status: status, headers: all(headers), stream: stream)
        case .body(let status, let headers, let body):
            return .body(status: status, headers: all(headers), body: body)
        case .truncated, .cutConnection, .raw: return self
        }
    }
}
