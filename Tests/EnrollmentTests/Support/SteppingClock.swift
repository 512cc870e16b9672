// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Synchronization

/// A clock that stands still until it is told to move. A short sleep moves it, as an engine that waits would; a long one,
/// such as between two renewals of a lease, lasts until the clock has been moved past its end.
final class SteppingClock: ConnectorClock {
    private let state = Mutex((now: Date(timeIntervalSince1970: 1_800_000_000), uptime: Duration.zero, sleepers: 0))

    func now() -> Date { state.withLock { $0.now } }
    func uptime() -> Duration { state.withLock { $0.uptime } }

    /// Lets time pass.
    func advance(_ seconds: Double) {
        state.withLock { state in
            state.now += seconds
            state.uptime += .seconds(seconds)
        }
    }

    /// Sets the wall clock forward, or back, as an administrator or a wrong time server does; no time passes.
    func jump(_ seconds: Double) { state.withLock { $0.now += seconds } }

    func sleep(for duration: Duration) async throws {
        let seconds = duration / .seconds(1)
        guard seconds > 1 else {
            advance(seconds)
            return try Task.checkCancellation()
        }
        let end = state.withLock { state in
            state.sleepers += 1
            return state.uptime + duration
        }
        defer { state.withLock { $0.sleepers -= 1 } }
        while uptime() < end { try await Task.sleep(for: .milliseconds(2)) }
    }

    /// Returns once somebody sleeps long.
    func untilSomebodySleeps() async throws {
        while state.withLock({ $0.sleepers == 0 }) { try await Task.sleep(for: .milliseconds(1)) }
    }
}
