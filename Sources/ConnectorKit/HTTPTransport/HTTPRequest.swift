// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Secrets

/// One HTTP request as a caller describes it.
public struct HTTPRequest: Sendable {
    /// Upper-case method (RFC 9110 §9).
    public var method: String
    /// Absolute `https` address; `http` is accepted for loopback addresses, and where `allowsPlainHTTP` says so.
    public var url: String
    /// Header lines in the order given. `Host` and `Content-Length` are the transport's.
    public var headers: [(name: String, value: String)]
    /// Body; nil for none, which is not the same as an empty one.
    public var body: [UInt8]?
    /// Bound for the whole exchange, from the call to the last byte of the answer.
    public var timeout: Duration
    /// Bound for name resolution, connecting and TLS handshake together; nil for the client's own.
    public var connectTimeout: Duration?
    /// Bound for the answer's body after decompression, in bytes.
    public var maximumResponseSize: Int
    /// Client certificate and additional trust anchors; nil for the client's own.
    public var tls: TLSOptions?
    /// Values that must not appear in a trace or an error, wherever in the exchange they stand.
    public var secrets: [Secret]
    /// True for exchanges whose bodies are secret as a whole, such as a login; a trace then leaves both bodies out.
    public var isConfidential: Bool
    /// Whether an `http` address is accepted. Only for what carries its own signature and is checked by it: CRLs, OCSP
    /// answers and CA certificates, which certificates place at http addresses (RFC 5280 §8).
    public var allowsPlainHTTP = false
    /// How the request signs in; nil for no way or one of its own in `headers`.
    public var authentication: HTTPAuthentication?

    public init(
        method: String = "GET", url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(60), maximumResponseSize: Int = 32 << 20, tls: TLSOptions? = nil,
        secrets: [Secret] = [], isConfidential: Bool = false,
        authentication: HTTPAuthentication? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maximumResponseSize = maximumResponseSize
        self.tls = tls
        self.secrets = secrets
        self.isConfidential = isConfidential
        self.authentication = authentication
    }

    /// Whether the method only reads (RFC 9110 §9.2.1), so that sending it twice does no harm.
    public var isSafe: Bool { method == "GET" || method == "HEAD" || method == "OPTIONS" }
}
