// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Time as the host sees it; tests bend it.
public protocol ConnectorClock: Sendable {
    func now() -> Date
    /// Time since some fixed moment, the machine's sleep included. It never jumps, whatever happens to `now`, and means
    /// nothing to another process.
    func uptime() -> Duration
    /// - Throws: `CancellationError`.
    func sleep(for duration: Duration) async throws
}

/// The machine's own clock.
public struct SystemClock: ConnectorClock {
    public init() {}
    public func now() -> Date { Date() }
    public func uptime() -> Duration { Self.start.duration(to: .now) }
    private static let start = ContinuousClock.now
    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
