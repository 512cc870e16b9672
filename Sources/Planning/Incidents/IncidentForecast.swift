// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// When an incident would be through, apart from what waits for people.
public struct IncidentForecast: Sendable, Hashable {
    /// Replacements an hour.
    public let perHour: Double
    /// What bounds it, in words.
    public let boundBy: String
    public let end: Date

    /// From what bounds the speed, before there is any.
    ///
    /// - Parameters:
    ///   - rates: replacements an hour, by what bounds them.
    ///   - lag: how long the last one takes, in seconds.
    init?(_ count: Int, _ rates: [(what: String, perHour: Double)], lag: TimeInterval, from date: Date) {
        guard let slowest = rates.min(by: { $0.perHour < $1.perHour }), slowest.perHour > 0 else { return nil }
        perHour = slowest.perHour
        boundBy = slowest.what
        end = date.addingTimeInterval(Double(count) / slowest.perHour * 3600 + lag)
    }

    /// From what was delivered since it runs as it does now.
    ///
    /// - Parameters:
    ///   - deliveries: when each person's successor was in use, in any order.
    ///   - rest: people still to be served.
    /// - Returns: nil as long as too few were delivered to tell.
    init?(deliveries: [Date], rest: Int, now: Date) {
        let sorted = deliveries.sorted()
        guard rest > 0 else {
            guard let last = sorted.last else { return nil }
            (perHour, boundBy, end) = (0, "done", last)
            return
        }
        guard let first = sorted.first, let last = sorted.last, last > first else { return nil }
        // Those of the first moment began before it.
        let count = sorted.count { $0 > first }
        guard count >= Self.least else { return nil }
        let rate = Double(count) / last.timeIntervalSince(first)
        perHour = rate * 3600
        boundBy = "the speed so far"
        // What stands still since then is no speed.
        end = max(last.addingTimeInterval(Double(rest) / rate), now)
    }

    /// Fewer tell nothing.
    private static let least = 3
}
