// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import HTTPTransport
public import JSONDocuments

/// Asks a tenant what its sign-in is and with which keys its tokens are signed (wire/entra-oidc.md sections 1 and 4).
public struct OpenIDClient: Sendable {
    private let address: String
    private let sender: RequestSender

    /// The clock by which tokens are judged.
    public var clock: any ConnectorClock { sender.clock }

    /// - Parameter tenant: directory id or a verified domain.
    public init(tenant: String, endpoints: TenantEndpoints, sender: RequestSender) {
        address =
            "\(endpoints.authority)/\(PercentEncoding.encode(tenant))/v2.0/.well-known/openid-configuration"
        self.sender = sender
    }

    /// - Throws: `GraphError`; `CancellationError`.
    public func configuration() async throws -> OpenIDConfiguration { try OpenIDConfiguration(try await read(address)) }

    /// The members of the tenant's key set; those that make no sense are the caller's to leave out.
    public func keys(_ configuration: OpenIDConfiguration) async throws -> [JSONValue] {
        guard let keys = try await read(configuration.keysAddress)["keys"]?.array else {
            throw GraphError(.transient, "the tenant's key set holds no keys")
        }
        return keys
    }

    private func read(_ url: String) async throws -> JSONValue {
        let request = HTTPRequest(method: "GET", url: url, headers: [("Accept", "application/json")])
        return try await sender.send(request, isIdempotent: true) { response in
            let body = try? JSONValue(parsing: response.body)
            guard response.status == 200 else { throw AzureADError.graphError(of: response, body: body) }
            guard let body else { throw GraphError(.transient, "\(url) answered 200 with a body that is no JSON") }
            return body
        }
    }
}
