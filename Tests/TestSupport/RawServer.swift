// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A server on a free port of the loopback address that reads one whole HTTP request per connection, answers with the very
/// bytes it was given and closes: for answers that no server should give. What it read is counted first.
public final class RawServer: Sendable {
    private let listener: LoopbackListener
    private let taken = Mutex<[String]>([])
    public var url: String { "http://127.0.0.1:\(listener.port)" }
    /// The requests read so far, each as text.
    public var requests: [String] { taken.withLock { $0 } }

    public init(_ answer: [UInt8]) throws {
        listener = try LoopbackListener()
        listener.serve { [weak self] connection in
            let request = Self.read(connection)
            self?.taken.withLock { $0.append(request) }
            answer.withUnsafeBytes { _ = send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            shutdown(connection, Int32(SHUT_RDWR))
        }
    }

    public convenience init(_ answer: String) throws { try self.init(Array(answer.utf8)) }

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
