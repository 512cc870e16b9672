// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCurl

/// An absolute `http` or `https` address (RFC 3986), taken apart and resolved by libcurl.
///
/// An address with user name, password or fragment is refused: the first two hide the real host from a reader, the last
/// never reaches a server.
public struct HTTPAddress: Sendable, Hashable, CustomStringConvertible {
    public let scheme: String
    /// Host name in lower case, or an IP address; IPv6 addresses in brackets.
    public let host: String
    public let port: Int
    /// Begins with a slash; percent-encoding is kept, dot segments are resolved.
    public let path: String
    /// Without the question mark; nil without a query.
    public let query: String?

    /// - Throws: `HTTPTransportError` of kind `invalidRequest`; the message does not quote the address.
    public init(_ text: String) throws(HTTPTransportError) { try self.init(text, relativeTo: nil) }

    /// The address a reference such as a `Location` or a next link means, seen from this one (RFC 3986 §5).
    public func resolving(_ reference: String) throws(HTTPTransportError) -> HTTPAddress {
        try HTTPAddress(reference, relativeTo: description)
    }

    private init(_ text: String, relativeTo base: String?) throws(HTTPTransportError) {
        // libcurl refuses control characters only on request and takes backslashes and blanks as they are.
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw HTTPTransportError(.invalidRequest, "the address has blanks, backslashes or control characters")
        }
        guard let handle = curl_url() else { throw HTTPTransportError(.invalidRequest, "out of memory") }
        defer { curl_url_cleanup(handle) }
        for part in [base, text].compactMap({ $0 }) {
            let code = curl_url_set(handle, CURLUPART_URL, part, 0)
            guard code == CURLUE_OK else {
                let reason = String(cString: curl_url_strerror(code)).lowercased()
                throw HTTPTransportError(.invalidRequest, "not a usable address: \(reason)")
            }
        }
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &value, UInt32(flags)) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil, part(CURLUPART_FRAGMENT) == nil else {
            throw HTTPTransportError(.invalidRequest, "the address must not carry user name, password or fragment")
        }
        guard let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST), let path = part(CURLUPART_PATH),
            let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap(Int.init),
            scheme == "https" || scheme == "http"
        else { throw HTTPTransportError(.invalidRequest, "the address must begin with https://") }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
        self.path = path
        query = part(CURLUPART_QUERY)
    }

    /// Scheme, host and port, such as `https://ca.example:8443`; the default port is left out (RFC 6454 §6.2).
    public var origin: String {
        let isDefault = port == (scheme == "https" ? 443 : 80)
        return "\(scheme)://\(host)" + (isDefault ? "" : ":\(port)")
    }

    public var description: String { origin + path + (query.map { "?" + $0 } ?? "") }

    /// Whether the host is this machine by its address, which libcurl never asks a name server for.
    public var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        guard host.hasPrefix("127.") else { return false }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets.allSatisfy { UInt8($0) != nil }
    }
}
