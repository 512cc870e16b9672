// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Where a server listens: an IP address and a port.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    let address: ClientAddress
    /// 0 lets the kernel choose.
    public let port: UInt16

    /// 127.0.0.1, at a port that the kernel chooses.
    public static let loopback = ListenAddress(address: .loopback, port: 0)

    private init(address: ClientAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// The same address with the port that the kernel chose.
    init(_ asked: ListenAddress, port: UInt16) { self.init(address: asked.address, port: port) }

    /// - Parameter host: an IPv4 or IPv6 address, without brackets; `::` takes IPv4 as well, `localhost` is 127.0.0.1.
    /// - Throws: `HTTPServerError` for anything else: the operator must act.
    public init(host: String, port: UInt16) throws(HTTPServerError) {
        guard let address = host == "localhost" ? .loopback : ClientAddress(host) else {
            throw HTTPServerError(
                message:
                    "'\(host)' is no IP address to listen on; use one such as 127.0.0.1, :: for all addresses, or ::1")
        }
        self.init(address: address, port: port)
    }

    /// Reads `127.0.0.1:8443`, `[::1]:8443`, or `:8443` for all addresses.
    ///
    /// - Throws: `HTTPServerError` for anything else: the operator must act.
    public init(_ text: String) throws(HTTPServerError) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw HTTPServerError(
                message:
                    "'\(text)' is no address to listen on; write address and port as 127.0.0.1:8443 or [::1]:8443, "
                    + "or :8443 for all addresses")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw HTTPServerError(message: "'\(text)': write an IPv6 address in brackets, such as [::1]:8443")
        }
        try self.init(host: host.isEmpty ? "::" : String(host), port: port)
    }

    /// Whether only programs of this machine reach it.
    public var isLoopback: Bool { address.isLoopback }

    /// As it stands in a URL: `127.0.0.1:8443`, `[::1]:8443`.
    public var description: String { "\(address.isIPv6 ? "[\(address.text)]" : address.text):\(port)" }
}
