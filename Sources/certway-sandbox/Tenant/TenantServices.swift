// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import Synchronization

/// Sends a request of the tenant's one address to Graph, to the vault, to Exchange or to the token endpoint.
///
/// The address is known only when the server runs, and the services need it: until they are there, the server answers 503.
final class TenantServices: Sendable {
    private let services = Mutex<(login: Service, graph: Service, vault: Service, exchange: Service)?>(nil)

    func begin(login: Service, graph: Service, vault: Service, exchange: Service) {
        services.withLock { $0 = (login, graph, vault, exchange) }
    }

    func answer(_ request: ServerRequest) -> ServerAnswer {
        guard let (login, graph, vault, exchange) = services.withLock({ $0 }) else {
            return .text("starting", status: 503)
        }
        if Self.isVault(request.path) { return vault.answer(request) }
        if request.path.hasPrefix("/adminapi/") { return exchange.answer(Self.withCmdlet(request)) }
        guard Self.isGraph(request.path) else { return login.answer(request) }
        return graph.answer(Self.normalized(request))
    }

    /// The cmdlet stands in the body; for routes it is the last part of the path. GET stays what nobody answers.
    private static func withCmdlet(_ request: ServerRequest) -> ServerRequest {
        guard request.method == "POST", request.path.hasSuffix("/InvokeCommand") else { return request }
        var request = request
        request.path += "/" + (CmdletCall.name(in: request) ?? "none").filter { $0 != "/" }
        return request
    }

    /// A request inside a batch.
    func inner(_ request: ServerRequest) -> Reply? {
        services.withLock { $0 }?.graph.inner(Self.normalized(request))
    }

    private static func isVault(_ path: String) -> Bool {
        ["/keys/", "/secrets/", "/certificates/"].contains { path.hasPrefix($0) }
    }

    private static func isGraph(_ path: String) -> Bool { path.hasPrefix("/v1.0/") || path.hasPrefix("/beta/") }

    /// `users('x')` and `userPfxCertificates(x)` are other spellings of `users/x` (wire/intune-pfx.md section 3).
    private static func normalized(_ request: ServerRequest) -> ServerRequest {
        guard request.path.contains("(") else { return request }
        var request = request
        request.path = request.path.split(separator: "/").map { segment in
            guard let open = segment.firstIndex(of: "("), segment.last == ")" else { return "/" + segment }
            var key = segment[segment.index(after: open)...].dropLast()
            if key.first == "'", key.last == "'", key.count > 1 { key = key.dropFirst().dropLast() }
            return "/" + segment[..<open] + "/" + key.replacingOccurrences(of: "''", with: "'")
        }.joined()
        return request
    }
}
