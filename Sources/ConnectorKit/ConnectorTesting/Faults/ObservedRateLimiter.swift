// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Synchronization

/// Hands everything on and remembers for how long work was held back.
final class ObservedRateLimiter: RateLimiter, Sendable {
    private let inner: any RateLimiter
    private let paused = Mutex<[Duration]>([])
    private let asked = Mutex(0)

    init(_ inner: any RateLimiter) { self.inner = inner }

    func acquire() async throws {
        asked.withLock { $0 += 1 }
        try await inner.acquire()
    }

    func pause(for duration: Duration) async {
        paused.withLock { $0.append(duration) }
        await inner.pause(for: duration)
    }

    var pauses: [Duration] { paused.withLock { $0 } }
    var acquired: Int { asked.withLock { $0 } }
}
