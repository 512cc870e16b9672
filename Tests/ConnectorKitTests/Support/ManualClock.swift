// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Synchronization

/// A clock that stands still until a test moves it.
final class ManualClock: ConnectorClock {
    private struct State {
        var now = Date(timeIntervalSince1970: 1_800_000_000)
        var sleepers: [(until: Date, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    func now() -> Date { state.withLock { $0.now } }
    func uptime() -> Duration { .seconds(now().timeIntervalSince1970) }

    func sleep(for duration: Duration) async throws {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.sleepers.append((state.now.addingTimeInterval(duration / .seconds(1)), continuation))
            }
        }
    }

    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves to the next moment somebody waits for.
    func advanceToNextSleeper() {
        state.withLock { state in
            guard let next = state.sleepers.map(\.until).min() else { return }
            state.now = max(state.now, next)
            for sleeper in state.sleepers where sleeper.until <= state.now { sleeper.continuation.resume() }
            state.sleepers.removeAll { $0.until <= state.now }
        }
    }

    func set(back seconds: TimeInterval) { state.withLock { $0.now.addTimeInterval(-seconds) } }
}
