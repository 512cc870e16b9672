// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What people decide about an incident. Each gives the event that goes with it; nil where it is so already.
extension Incident {
    public typealias Event = (kind: String, message: String)

    public mutating func pause(by actor: String) -> Event? {
        guard state == .running else { return nil }
        (state, pause) = (.paused, "paused by \(actor)")
        return ("paused", "paused by \(actor)")
    }

    /// After a canary, with everybody.
    public mutating func resume(by actor: String, at date: Date) -> Event? {
        guard state == .paused else { return nil }
        let isCanaryOver = pause?.hasPrefix(Self.canaryMark) ?? false
        if isCanaryOver { canaryPassedAt = date }
        (state, pause) = (.running, nil)
        measure(from: date)
        return ("resumed", "resumed by \(actor)\(isCanaryOver ? ": the others follow" : "")")
    }

    public mutating func cancel(by actor: String) -> Event? {
        (state, pause) = (.cancelled, nil)
        return ("cancelled", "cancelled by \(actor): what has begun is finished, nothing new begins")
    }

    /// Pace and forecast count from here.
    public mutating func measure(from date: Date) { measuredFrom = date }

    /// How the reason of a pause begins that waits for a look at the canary.
    static let canaryMark = "the canary, "
}
