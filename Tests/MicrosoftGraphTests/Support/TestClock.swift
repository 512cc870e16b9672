// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Synchronization

/// A clock that never waits: sleeping moves it ahead and is remembered.
final class TestClock: ConnectorClock {
    private let state = Mutex((now: Date(timeIntervalSince1970: 1_767_225_600), sleeps: [Duration]()))

    func now() -> Date { state.withLock { $0.now } }
    func uptime() -> Duration { .seconds(now().timeIntervalSince1970) }
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func advance(by seconds: Double) { state.withLock { $0.now += seconds } }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock {
            $0.sleeps.append(duration)
            $0.now += Double(duration.components.seconds)
        }
    }
}
