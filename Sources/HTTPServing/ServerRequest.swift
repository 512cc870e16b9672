// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One complete HTTP request, as a handler sees it.
public struct ServerRequest: Sendable {
    public var method: String
    /// The path with its percent escapes decoded.
    public var path: String
    /// Path and query exactly as they came, for who must compare a link byte for byte.
    public var target: String
    /// Query items in their order, decoded; `+` counts as a blank.
    public var query: [(name: String, value: String)]
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// What a client showed over TLS when it was asked for a certificate, its own first, each as DER; not verified.
    public var clientCertificateChain: [[UInt8]]

    public init(
        method: String, path: String, target: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        clientCertificateChain: [[UInt8]] = []
    ) {
        self.method = method
        self.path = path
        self.target = target
        self.query = query
        self.headers = headers
        self.body = body
        self.clientCertificateChain = clientCertificateChain
    }

    /// The first header of that name; upper and lower case do not matter (RFC 9110 section 5.1).
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// The first query item of exactly that name.
    public func query(_ name: String) -> String? { query.first { $0.name == name }?.value }
}
