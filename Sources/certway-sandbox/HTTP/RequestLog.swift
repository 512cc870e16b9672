// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Synchronization

/// Counts requests by operation, and faults by kind.
final class RequestLog: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func count(_ operation: String) { counts.withLock { $0[operation, default: 0] += 1 } }

    var json: JSONValue { .object(counts.withLock { $0 }.mapValues { JSONValue($0) }) }
}
