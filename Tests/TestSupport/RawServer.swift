// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A server on a free port of the loopback address that reads one whole HTTP request per connection, answers with the very
/// bytes it was given and closes: for answers that no server should give. What it read is counted first.
public final class RawServer: Sendable {
    private let listener: Int32
    private let taken = Mutex<[String]>([])
    public let port: Int
    public var url: String { "http://127.0.0.1:\(port)" }
    /// The requests read so far, each as text.
    public var requests: [String] { taken.withLock { $0 } }

    public init(_ answer: [UInt8]) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { [weak self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                let request = Self.read(connection)
                self?.taken.withLock { $0.append(request) }
                answer.withUnsafeBytes { _ = send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                shutdown(connection, Int32(SHUT_RDWR))
                close(connection)
            }
            // Here and not in `deinit`: while this thread may still ask, the number must not be another socket's.
            close(listener)
        }.start()
    }

    public convenience init(_ answer: String) throws { try self.init(Array(answer.utf8)) }

    /// Ends the thread's waiting.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// The head of a request and as much of a body as it announces.
    private static func read(_ connection: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let head = text.firstRange(of: "\r\n\r\n") {
                let announced = text.firstMatch(of: /(?i)content-length: *([0-9]+)/).flatMap { Int($0.output.1) } ?? 0
                if text[head.upperBound...].utf8.count >= announced { return text }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return text }
            bytes += buffer[..<count]
        }
    }
}
