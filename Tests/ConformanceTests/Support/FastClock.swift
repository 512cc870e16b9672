// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation

/// A clock that goes five times as fast, so that nobody waits long for what the kit waits for.
struct FastClock: ConnectorClock {
    private static let speed = 5.0
    private let start = Date()
    private let beginning = ContinuousClock.now

    func now() -> Date { start + uptime() / .seconds(1) }
    func uptime() -> Duration { beginning.duration(to: .now) * Self.speed }
    func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration / Self.speed) }
}
