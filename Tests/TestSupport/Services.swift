// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import Synchronization

/// A clock that tests set; sleeping takes no time.
public final class TestClock: ConnectorClock {
    public init() {}

    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
    public func now() -> Date { time.withLock { $0 } }
    public func uptime() -> Duration { .seconds(now().timeIntervalSince1970) }
    public func sleep(for duration: Duration) async throws { advance(duration) }
    public func advance(_ duration: Duration) { time.withLock { $0.addTimeInterval(duration / .seconds(1)) } }
}

/// A limiter that never waits and remembers what it was asked.
public final class CountingLimiter: RateLimiter {
    public init() {}

    private let state = Mutex((acquired: 0, pauses: [Duration]()))
    public func acquire() async throws { state.withLock { $0.acquired += 1 } }
    public func pause(for duration: Duration) async { state.withLock { $0.pauses.append(duration) } }
    public var acquired: Int { state.withLock { $0.acquired } }
    public var pauses: [Duration] { state.withLock { $0.pauses } }
}
