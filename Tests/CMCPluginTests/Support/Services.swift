// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Synchronization

/// A clock that tests set; sleeping takes no time.
final class TestClock: ConnectorClock {
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
    func now() -> Date { time.withLock { $0 } }
    func uptime() -> Duration { .seconds(now().timeIntervalSince1970) }
    func sleep(for duration: Duration) async throws { advance(duration) }
    func advance(_ duration: Duration) { time.withLock { $0.addTimeInterval(duration / .seconds(1)) } }
}

/// A limiter that never waits.
struct FreeLimiter: RateLimiter {
    func acquire() async throws {}
    func pause(for duration: Duration) async {}
}
