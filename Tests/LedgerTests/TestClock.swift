// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Synchronization

/// A clock that stands still until it is told to move.
final class TestClock: ConnectorClock {
    private let time = Mutex(Date(timeIntervalSince1970: 1_750_000_000))

    func now() -> Date { time.withLock { $0 } }
    func uptime() -> Duration { .seconds(now().timeIntervalSince1970) }
    func sleep(for duration: Duration) async throws {}
    func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
}
