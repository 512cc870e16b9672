// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What a server's handler saw, counted from its threads.
final class Counter: Sendable {
    private let seen = Mutex<[String]>([])
    /// Notes one event and returns how many there are now.
    @discardableResult func note(_ event: String) -> Int {
        seen.withLock {
            $0.append(event)
            return $0.count
        }
    }
    var events: [String] { seen.withLock { $0 } }
}
