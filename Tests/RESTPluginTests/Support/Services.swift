// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import Synchronization

/// A clock that tests set; sleeping takes no time.
final class TestClock: ConnectorClock {
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
    func now() -> Date { time.withLock { $0 } }
    func sleep(for duration: Duration) async throws { advance(duration) }
    func advance(_ duration: Duration) { time.withLock { $0.addTimeInterval(duration / .seconds(1)) } }
}

/// A limiter that never waits and remembers what it was asked.
final class CountingLimiter: RateLimiter {
    private let state = Mutex((acquired: 0, pauses: [Duration]()))
    func acquire() async throws { state.withLock { $0.acquired += 1 } }
    func pause(for duration: Duration) async { state.withLock { $0.pauses.append(duration) } }
    var acquired: Int { state.withLock { $0.acquired } }
    var pauses: [Duration] { state.withLock { $0.pauses } }
}
