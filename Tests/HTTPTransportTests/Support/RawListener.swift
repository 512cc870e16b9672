// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport

/// A port of the loopback address that does one thing with each connection, whatever is spoken on it.
final class RawListener: Sendable {
    enum Deed: Sendable {
        case close
        /// Takes what comes first, and closes.
        case readAndClose
        /// Takes what comes first, sends these bytes, and closes.
        case answer([UInt8])
    }

    private let listener: LoopbackListener
    private let accepted = Mutex(0)

    var port: Int { listener.port }
    /// How many there were.
    var connections: Int { accepted.withLock { $0 } }

    init(_ deed: Deed) throws {
        listener = try LoopbackListener()
        listener.serve { [weak self] connection in
            self?.accepted.withLock { $0 += 1 }
            Self.treat(connection, deed)
        }
    }

    private static func treat(_ connection: Int32, _ deed: Deed) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        if case .close = deed { return }
        _ = recv(connection, &buffer, buffer.count, 0)
        if case .answer(let bytes) = deed { _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
    }
}
