// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import JSONDocuments
import Secrets

/// Calls Microsoft Graph: signs each request with a token, repeats what may be repeated, and turns every failure into a
/// `GraphError` (wire/graph-directory.md section 1).
public final class GraphClient: Sendable {
    private let base: String
    private let scope: String
    private let tokens: TokenSource
    private let sender: RequestSender
    let paging: PagingLimits

    /// Cheap, without network.
    public init(
        endpoints: TenantEndpoints, tokens: TokenSource, sender: RequestSender, paging: PagingLimits = PagingLimits()
    ) {
        base = endpoints.graph
        scope = endpoints.graphScope
        self.tokens = tokens
        self.sender = sender
        self.paging = paging
    }

    /// The usual way to make one: credential, HTTP client and the services that tests replace.
    public convenience init(endpoints: TenantEndpoints, credential: any TokenCredential, sender: RequestSender) {
        self.init(
            endpoints: endpoints, tokens: TokenSource(credential: credential, sender: sender), sender: sender)
    }

    /// Sends one request and gives the body of the answer, `null` where there is none.
    ///
    /// A 401 costs one new token and one more attempt. Pauses asked for by the service are kept, within the policy.
    /// - Throws: `GraphError`; `CancellationError`.
    @discardableResult
    public func send(_ request: GraphRequest) async throws -> JSONValue {
        try await tokens.withToken(scope: scope) { try await self.send(request, token: $0) }
    }

    /// The pages of a collection.
    public func pages(_ request: GraphRequest) -> GraphPages { GraphPages(client: self, first: request) }

    /// Whether a link leads to the service that this client asks: one that was kept may be of another configuration.
    public func isOwn(_ link: String) -> Bool {
        guard let origin = try? HTTPAddress(link).origin else { return false }
        return origin == (try? HTTPAddress(base).origin)
    }

    /// - Throws: `GraphError` of kind `configuration` for a link that leads elsewhere.
    func requireOwn(_ link: String) throws(GraphError) {
        guard isOwn(link) else {
            throw GraphError(
                .configuration,
                "graph gave a link to another host than \(base): the token is not sent there (check for a proxy "
                    + "that rewrites answers)"
            )
        }
    }

    /// Fetches a token without using it, for checks.
    public func checkToken() async throws { _ = try await tokens.token(scope: scope) }

    /// The permissions among `needed` that the present token does not carry; nil when that cannot be told from it.
    ///
    /// - Throws: `GraphError` when there is no token.
    public func missing(_ needed: [GraphPermission]) async throws -> [GraphPermission]? {
        try await tokens.token(scope: scope).roles.map { roles in needed.filter { !$0.isGranted(by: roles) } }
    }

    private func send(_ request: GraphRequest, token: AccessToken) async throws -> JSONValue {
        let url = request.url(base: base)
        if let link = request.link { try requireOwn(link) }
        var headers = [
            ("Authorization", "Bearer \(token.value.revealed)"), ("Accept", "application/json"),
            ("client-request-id", UUID().uuidString.lowercased()),
        ]
        if request.isAdvancedQuery { headers.append(("ConsistencyLevel", "eventual")) }
        if request.body != nil { headers.append(("Content-Type", "application/json")) }
        let message = HTTPRequest(
            method: request.method, url: url, headers: headers, body: request.body.map { Array($0.text.utf8) },
            secrets: [token.value], isConfidential: request.isConfidential)
        return try await sender.send(message, isIdempotent: request.isIdempotent) { response in
            guard (200..<300).contains(response.status) else { throw GraphError(response, to: request) }
            guard !response.body.isEmpty else { return .null }
            do {
                return try JSONValue(parsing: response.body)
            } catch {
                throw GraphError(
                    .transient, "\(request.name) answered \(response.status) with a body that is \(error)",
                    status: response.status, mayHaveExecuted: true)
            }
        }
    }
}
