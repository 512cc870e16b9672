// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation

/// A clock that goes wrong by a constant.
public struct SkewedClock: ConnectorClock {
    private let inner: any ConnectorClock
    private let offset: TimeInterval

    /// - Parameter offset: seconds; positive when the clock is fast.
    public init(_ inner: any ConnectorClock, offset: TimeInterval) {
        self.inner = inner
        self.offset = offset
    }

    public func now() -> Date { inner.now() + offset }
    public func uptime() -> Duration { inner.uptime() }
    public func sleep(for duration: Duration) async throws { try await inner.sleep(for: duration) }
}
