// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

/// Where the services of one tenant are: a row of the cloud table, with addresses a sandbox or a proxy may replace.
public struct TenantEndpoints: Sendable, Hashable {
    public let cloud: NationalCloud
    /// Base URL of the token service, without a trailing slash.
    public let authority: String
    /// Base URL of Graph without version and trailing slash.
    public let graph: String
    /// Base URL of Exchange Online without a trailing slash.
    public let exchange: String

    /// - Parameters:
    ///   - authority: replaces the cloud's token service.
    ///   - graph: replaces the cloud's Graph; the scope of the tokens stays that of the cloud.
    ///   - exchange: likewise of Exchange Online.
    public init(
        cloud: NationalCloud = .global, authority: String? = nil, graph: String? = nil, exchange: String? = nil
    ) {
        self.cloud = cloud
        self.authority = Self.trimmed(authority ?? cloud.authority)
        self.graph = Self.trimmed(graph ?? cloud.graph)
        self.exchange = Self.trimmed(exchange ?? cloud.exchange)
    }

    /// The scope of a token for Graph; it names the service, not the address it is reached at.
    public var graphScope: String { cloud.graph + "/.default" }

    /// The scope of a token for Exchange Online.
    public var exchangeScope: String { cloud.exchange + "/.default" }

    /// The token endpoint (v2) of a tenant, given by directory id or verified domain.
    public func tokenURL(tenant: String) -> String {
        "\(authority)/\(PercentEncoding.encode(tenant))/oauth2/v2.0/token"
    }

    private static func trimmed(_ url: String) -> String {
        var url = Substring(url)
        while url.hasSuffix("/") { url.removeLast() }
        return String(url)
    }
}
