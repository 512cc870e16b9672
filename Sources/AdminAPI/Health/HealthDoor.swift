// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Administration
import ConnectorKit
import Foundation
public import HTTPServing
import JSONDocuments

/// `/healthz`, `/readyz` and `/metrics`: a door of `APIServer`.
///
/// `/healthz` says that the process lives and asks nobody: for who would start it anew. `/readyz` says whether issuing works: 503
/// with its causes when no template can be issued, 200 with the causes when some can; anybody may ask, and whoever may see
/// the services gets the sentences as well. `/metrics` is for this machine, and for callers with `readServices`.
public struct HealthDoor: Sendable {
    private let readiness: ReadinessWatch
    private let metrics: GatewayMetrics
    private let proxies: TrustedProxies
    private let authenticator: any Authenticator

    public init(
        _ readiness: ReadinessWatch, _ metrics: GatewayMetrics, _ authenticator: any Authenticator,
        proxies: TrustedProxies = .none
    ) {
        (self.readiness, self.metrics) = (readiness, metrics)
        (self.authenticator, self.proxies) = (authenticator, proxies)
    }

    /// nil for any other path.
    public func answer(_ request: ServerRequest) async -> ServerAnswer? {
        guard ["/healthz", "/readyz", "/metrics"].contains(request.path) else { return nil }
        request.notes.route = request.path
        guard request.method == "GET" || request.method == "HEAD" else {
            return APIServer.guarded(
                APIProblem(
                    405, .methodNotAllowed, "This address does not take that method.",
                    "found \(request.method.prefix(20)), expected GET", headers: ["Allow": "GET, HEAD"]
                ).answer(for: .english))
        }
        switch request.path {
        case "/healthz": return APIServer.guarded(.text("alive\n"))
        case "/readyz":
            let found = await readiness.look()
            let body = found.json(isPublic: await refusal(request) != nil).text
            return APIServer.guarded(
                .text(body, status: found.state == .notReady ? 503 : 200, type: "application/json"))
        default:
            if let refusal = await refusal(request) { return APIServer.guarded(refusal.answer(for: .english)) }
            return APIServer.guarded(
                .text(await metrics.text(), type: "text/plain; version=0.0.4; charset=utf-8"))
        }
    }

    /// Why somebody may not see everything; nil for programs of this machine and for callers with the right.
    private func refusal(_ request: ServerRequest) async -> APIProblem? {
        if proxies.isOfThisMachine(request) { return nil }
        do {
            guard let authentication = try await authenticator.authenticate(request) else {
                return APIProblem(
                    401, .notSignedIn, "You are not signed in.",
                    "only programs of this machine may ask without a token",
                    nextStep: "Send an API token as 'Authorization: Bearer ...'.",
                    headers: ["WWW-Authenticate": "Bearer realm=\"certway\""])
            }
            request.notes.caller = authentication.caller.name
            try authentication.caller.require(.readServices)
            return nil
        } catch {
            return APIProblem(error, isLookup: true)
        }
    }
}
