// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A port of the loopback address that does one thing with each connection, whatever is spoken on it.
final class RawListener: Sendable {
    enum Deed: Sendable {
        case close
        /// Takes what comes first, and closes.
        case readAndClose
        /// Takes what comes first, sends these bytes, and closes.
        case answer([UInt8])
    }

    let port: Int
    private let listener: Int32
    private let accepted = Mutex(0)

    /// How many there were.
    var connections: Int { accepted.withLock { $0 } }

    init(_ deed: Deed) throws {
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
                self?.accepted.withLock { $0 += 1 }
                Self.treat(connection, deed)
                close(connection)
            }
            close(listener)
        }.start()
    }

    /// Ends the thread's waiting.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func treat(_ connection: Int32, _ deed: Deed) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        if case .close = deed { return }
        _ = recv(connection, &buffer, buffer.count, 0)
        if case .answer(let bytes) = deed { _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
    }
}
