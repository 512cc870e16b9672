// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// Stands between a client and a server and breaks connections at the moment it is told to. It looks for words in what passes, so
/// the connection must not be encrypted.
public final class CuttingProxy: Sendable {
    public enum Cut: Sendable {
        /// The word does not reach the server.
        case before
        /// The server has heard the word and answered, and nobody hears the answer.
        case after
    }

    private struct State {
        var cut: Cut?
        var isSwallowing = false
        var cuts = 0
    }

    public let port: Int
    private let listener: Int32
    private let target: Int
    private let word: [UInt8]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - host: where it listens; any of 127.0.0.0/8.
    ///   - target: the server's port on 127.0.0.1.
    public init(host: String = "127.0.0.1", to target: Int, word: String = "COMMIT") throws {
        self.target = target
        self.word = Array(word.utf8)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let listener = listener
        port = try Self.withAddress(host, 0) { address, length in
            var length = length
            guard bind(listener, address, length) == 0, listen(listener, 64) == 0,
                getsockname(listener, address, &length) == 0
            else { throw POSIXError(.EADDRNOTAVAIL) }
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Int(UInt16(bigEndian: $0.pointee.sin_port))
            }
        }
        Thread.detachNewThread { [weak self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                guard let self else { break }
                self.connect(client)
            }
            Glibc.close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Breaks the next connection in which the word passes; once.
    public func arm(_ cut: Cut) { state.withLock { $0.cut = cut } }

    public var cuts: Int { state.withLock(\.cuts) }

    private func connect(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let isConnected = (try? Self.withAddress("127.0.0.1", target) { Glibc.connect(server, $0, $1) == 0 }) ?? false
        guard isConnected else {
            Glibc.close(client)
            Glibc.close(server)
            return
        }
        let end: @Sendable () -> Void = {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
        }
        let last = Countdown(2) {
            Glibc.close(client)
            Glibc.close(server)
        }
        Thread.detachNewThread {
            Self.pump(from: client, to: server) { self.mayPass(toServer: $0) }
            end()
            last.count()
        }
        Thread.detachNewThread {
            Self.pump(from: server, to: client) { _ in self.mayPassToClient() }
            end()
            last.count()
        }
    }

    private func mayPass(toServer bytes: ArraySlice<UInt8>) -> Bool {
        state.withLock { state in
            guard let cut = state.cut, bytes.firstRange(of: word) != nil else { return true }
            state.cut = nil
            state.cuts += 1
            if cut == .after { state.isSwallowing = true }
            return cut == .after
        }
    }

    private func mayPassToClient() -> Bool {
        state.withLock { state in
            guard state.isSwallowing else { return true }
            state.isSwallowing = false
            return false
        }
    }

    private static func pump(from source: Int32, to target: Int32, _ mayPass: (ArraySlice<UInt8>) -> Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(source, &buffer, buffer.count, 0), count > 0 {
            guard mayPass(buffer[..<count]) else { return }
            var sent = 0
            while sent < count {
                let step = buffer.withUnsafeBytes {
                    send(target, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
                }
                guard step > 0 else { return }
                sent += step
            }
        }
    }

    private static func withAddress<Result>(
        _ host: String, _ port: Int, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) throws -> Result
    ) throws -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { throw POSIXError(.EINVAL) }
        return try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// Does something once the last of some threads has come.
private final class Countdown: Sendable {
    private let left: Mutex<Int>
    private let body: @Sendable () -> Void

    init(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        left = Mutex(count)
        self.body = body
    }

    func count() {
        let isLast = left.withLock { left in
            left -= 1
            return left == 0
        }
        if isLast { body() }
    }
}
