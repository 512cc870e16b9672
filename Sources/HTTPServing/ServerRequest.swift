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
    /// The IP address at the other end of the connection, without port: that of the last proxy where there is one.
    public var clientAddress: String
    /// Whether this server took it over TLS; a proxy before it may have had TLS all the same.
    public var isTLS: Bool
    /// Where the handler tells route and caller for the access log.
    public let notes: RequestNotes

    public init(
        method: String, path: String, target: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        clientCertificateChain: [[UInt8]] = [], clientAddress: String = "127.0.0.1", isTLS: Bool = false,
        notes: RequestNotes = RequestNotes()
    ) {
        self.method = method
        self.path = path
        self.target = target
        self.query = query
        self.headers = headers
        self.body = body
        self.clientCertificateChain = clientCertificateChain
        self.clientAddress = clientAddress
        self.isTLS = isTLS
        self.notes = notes
    }

    /// The first header of that name; upper and lower case do not matter (RFC 9110 section 5.1).
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// The first query item of exactly that name.
    public func query(_ name: String) -> String? { query.first { $0.name == name }?.value }
}
