// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD
internal import Glibc

/// The IP address of a client, as bytes: four, or sixteen. An IPv4 address within IPv6 counts as the IPv4 address.
struct ClientAddress: Hashable {
    private let bytes: [UInt8]

    init?(_ connection: OpaquePointer) {
        guard let address = certway_client_address(connection) else { return nil }
        self.init(address)
    }

    /// - Returns: nil for what is no IP address.
    init?(_ address: UnsafePointer<sockaddr>) {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            bytes = UnsafeRawPointer(address).withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin_addr) { Array($0) }
            }
        case AF_INET6:
            let whole = UnsafeRawPointer(address).withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { Array($0) }
            }
            bytes = Self.withoutMapping(whole)
        default: return nil
        }
    }

    /// Reads `192.0.2.1` or `2001:db8::1`; nil for anything else.
    init?(_ text: String) {
        var four = in_addr()
        var sixteen = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            bytes = Self.withoutMapping(withUnsafeBytes(of: sixteen) { Array($0) })
        } else {
            return nil
        }
    }

    private static func withoutMapping(_ bytes: [UInt8]) -> [UInt8] {
        let prefix: [UInt8] = Array(repeating: 0, count: 10) + [0xff, 0xff]
        return bytes.starts(with: prefix) ? Array(bytes[12...]) : bytes
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    static let loopback = ClientAddress(bytes: [127, 0, 0, 1])

    /// Calls `body` with the address as the socket functions take it.
    func withSocketAddress<Result>(port: UInt16, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Result)
        -> Result
    {
        if bytes.count == 4 {
            var endpoint = sockaddr_in()
            endpoint.sin_family = sa_family_t(AF_INET)
            endpoint.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &endpoint.sin_addr) { $0.copyBytes(from: bytes) }
            return withUnsafeMutablePointer(to: &endpoint) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        var endpoint = sockaddr_in6()
        endpoint.sin6_family = sa_family_t(AF_INET6)
        endpoint.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &endpoint.sin6_addr) { $0.copyBytes(from: bytes) }
        return withUnsafeMutablePointer(to: &endpoint) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
    }

    var text: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = bytes.withUnsafeBytes {
            inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, $0.baseAddress, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 address (RFC 6177).
    var subscriber: ClientAddress {
        bytes.count == 4 ? self : ClientAddress(bytes: Array(bytes[..<8]) + Array(repeating: 0, count: 8))
    }

    /// 127.0.0.0/8 and ::1.
    var isLoopback: Bool { bytes.count == 4 ? bytes[0] == 127 : bytes == Array(repeating: 0, count: 15) + [1] }

    /// 0.0.0.0 and ::, which mean every address of the machine.
    var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

    var isIPv6: Bool { bytes.count == 16 }

    /// Whether the first `bits` are those of `other`, of the same kind.
    func shares(_ bits: Int, with other: ClientAddress) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        return (0..<bytes.count).allSatisfy { index in
            let wanted = min(max(bits - index * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xff00 >> wanted)
            return bytes[index] & mask == other.bytes[index] & mask
        }
    }

    var bitCount: Int { bytes.count * 8 }
}
