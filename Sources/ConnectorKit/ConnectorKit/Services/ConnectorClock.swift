// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Time as the host sees it; tests bend it.
public protocol ConnectorClock: Sendable {
    func now() -> Date
    /// - Throws: `CancellationError`.
    func sleep(for duration: Duration) async throws
}

/// The machine's own clock.
public struct SystemClock: ConnectorClock {
    public init() {}
    public func now() -> Date { Date() }
    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
