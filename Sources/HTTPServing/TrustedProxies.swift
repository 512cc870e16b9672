// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The reverse proxies that are believed when they say for whom they ask and how.
public struct TrustedProxies: Sendable {
    public static let none = TrustedProxies(networks: [])

    private let networks: [(address: ClientAddress, bits: Int)]

    private init(networks: [(ClientAddress, Int)]) { self.networks = networks }

    /// - Parameter texts: IP addresses or networks, such as `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`.
    /// - Throws: `HTTPServerError` for anything else: the operator must act.
    public init(_ texts: [String]) throws(HTTPServerError) {
        var networks: [(ClientAddress, Int)] = []
        for text in texts {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard let address = ClientAddress(String(parts[0])), parts.count <= 2,
                let bits = parts.count == 1 ? address.bitCount : Int(parts[1]), (0...address.bitCount).contains(bits)
            else {
                throw HTTPServerError(
                    message:
                        "trusted proxy '\(text)': expected an IP address or a network such as 192.0.2.7, 10.0.0.0/8 "
                        + "or 2001:db8::/32")
            }
            networks.append((address, bits))
        }
        self.init(networks: networks)
    }

    public var isEmpty: Bool { networks.isEmpty }

    func contains(_ address: ClientAddress) -> Bool {
        networks.contains { address.shares($0.bits, with: $0.address) }
    }

    /// Who has sent a request, and whether all of its way had TLS, as far as a proxy that is trusted knows it.
    ///
    /// The last entry of `X-Forwarded-For` that no trusted proxy is counts: what stands before it anybody may have written.
    public func origin(of request: ServerRequest) -> (address: String, isSecure: Bool) {
        guard let last = ClientAddress(request.clientAddress), contains(last) else {
            return (request.clientAddress, request.isTLS)
        }
        let all = request.headers.filter { $0.name.lowercased() == "x-forwarded-for" }.map(\.value)
            .joined(separator: ",")
        var origin = last
        for text in all.split(separator: ",").reversed() {
            guard let address = ClientAddress(Self.trimmed(text)) else { break }
            origin = address
            guard contains(address) else { break }
        }
        let scheme = request.headers.last { $0.name.lowercased() == "x-forwarded-proto" }
            .flatMap { $0.value.split(separator: ",").last }.map(Self.trimmed)
        return (origin.text, scheme.map { $0.lowercased() == "https" } ?? request.isTLS)
    }

    /// Whether a program of this machine has asked, without a proxy between. A proxy that is not named has this machine's address,
    /// too, where it runs here; that it forwards shows by its headers, which then count against it.
    public func isOfThisMachine(_ request: ServerRequest) -> Bool {
        let origin = origin(of: request).address
        guard ClientAddress(origin)?.isLoopback == true else { return false }
        return origin == request.clientAddress
            && !["X-Forwarded-For", "Forwarded", "Via"].contains { request.header($0) != nil }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    /// Refuses what would send sessions and names in the clear: plain HTTP is for this machine, or for a proxy that is named.
    ///
    /// - Throws: `HTTPServerError`: the operator must act.
    public func check(_ listen: ListenAddress, hasTLS: Bool) throws(HTTPServerError) {
        guard !hasTLS, !listen.isLoopback, isEmpty else { return }
        throw HTTPServerError(
            message:
                "\(listen) without TLS would send names and sessions in the clear: give certificate and key, listen on "
                + "127.0.0.1, or name the proxy before it that has TLS")
    }
}
