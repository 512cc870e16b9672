// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Time as the host sees it; tests bend it.
public protocol ConnectorClock: Sendable {
    func now() -> Date
    /// Time since the machine started, its sleep included. It never jumps, whatever happens to `now`, and means the same to
    /// every process until the machine starts again.
    func uptime() -> Duration
    /// - Throws: `CancellationError`.
    func sleep(for duration: Duration) async throws
}

/// The machine's own clock.
public struct SystemClock: ConnectorClock {
    public init() {}
    public func now() -> Date { Date() }
    public func uptime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
