// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import Synchronization

/// A TCP connection to a server of this machine that sends what a test wants, be it HTTP or not.
///
/// Its calls block at most `patience`; a few hundred of them at a time are fine, each used by one task.
final class RawClient: Sendable {
    struct Refused: Error {}

    private let descriptor: Int32

    /// - Parameters:
    ///   - patience: seconds that a call may wait for the server.
    ///   - source: the IPv4 address to come from; all of 127.0.0.0/8 is this machine.
    init(
        port: UInt16, address: String = "127.0.0.1", patience: Int = 20, receiveBuffer: Int32? = nil,
        from source: String? = nil
    ) throws {
        let isIPv6 = address.contains(":")
        descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw Refused() }
        var wait = timeval(tv_sec: patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &wait, socklen_t(MemoryLayout<timeval>.size))
        }
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        if let source {
            var endpoint = sockaddr_in()
            endpoint.sin_family = sa_family_t(AF_INET)
            inet_pton(AF_INET, source, &endpoint.sin_addr)
            _ = withUnsafePointer(to: &endpoint) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        let status: Int32
        if isIPv6 {
            var endpoint = sockaddr_in6()
            endpoint.sin6_family = sa_family_t(AF_INET6)
            endpoint.sin6_port = port.bigEndian
            inet_pton(AF_INET6, address, &endpoint.sin6_addr)
            status = withUnsafePointer(to: &endpoint) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        } else {
            var endpoint = sockaddr_in()
            endpoint.sin_family = sa_family_t(AF_INET)
            endpoint.sin_port = port.bigEndian
            inet_pton(AF_INET, address, &endpoint.sin_addr)
            status = withUnsafePointer(to: &endpoint) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        guard status == 0 else {
            close(descriptor)
            throw Refused()
        }
    }

    deinit { close(descriptor) }

    /// - Returns: false when the server has closed the connection.
    @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Tells the server that no more is to come.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Everything up to and including `end`, or until the server closes or the patience is over.
    func read(until end: String? = nil, limit: Int = 16 << 20) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let wanted = end.map { Array($0.utf8) }
        while bytes.count < limit {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            let searched = max(0, bytes.count - (wanted?.count ?? 0))
            bytes += buffer[..<count]
            if let wanted, bytes[searched...].firstRange(of: wanted) != nil { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One request with `Connection: close`, and all of its answer.
    static func get(
        _ server: HTTPServer, _ path: String = "/", address: String = "127.0.0.1", from source: String? = nil
    ) throws -> String {
        let client = try RawClient(port: server.port, address: address, from: source)
        client.send("GET \(path) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
        return client.read()
    }
}
