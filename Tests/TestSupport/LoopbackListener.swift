// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A listening socket on a free port of the loopback address. The kernel accepts what comes; nobody takes or answers it before
/// `serve`.
public final class LoopbackListener: Sendable {
    public let port: Int
    private let listener: Int32
    private let isServing = Mutex(false)

    /// - Parameter backlog: connections that the kernel accepts for it beforehand.
    public init(backlog: Int32 = 16) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, backlog) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Treats one connection after the other on a thread of its own, and closes each; once.
    public func serve(_ treat: @escaping @Sendable (_ connection: Int32) -> Void) {
        isServing.withLock { $0 = true }
        Thread { [listener] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                treat(connection)
                close(connection)
            }
            // Here and not in `deinit`: while this thread may still ask, the number must not be another socket's.
            close(listener)
        }.start()
    }

    /// Ends the thread's waiting, or the socket where there is none.
    deinit {
        if isServing.withLock({ $0 }) { shutdown(listener, Int32(SHUT_RDWR)) } else { close(listener) }
    }
}
