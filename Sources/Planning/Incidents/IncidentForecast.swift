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
    /// Between which moments it ends, by how much there is to tell from; nil before there is any speed.
    public private(set) var range: ClosedRange<Date>?

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

    private init(perHour: Double, boundBy: String, end: Date, range: ClosedRange<Date>?) {
        (self.perHour, self.boundBy, self.end, self.range) = (perHour, boundBy, end, range)
    }

    /// From what was delivered since it runs as it does now: the line of least squares through the count of deliveries. Passes deliver
    /// in bursts, and between the first and the last moment of two bursts lies one pause and not two.
    ///
    /// - Parameters:
    ///   - deliveries: when each person's successor was in use, in any order.
    ///   - rest: people still to be served.
    ///   - tail: seconds from the last delivery until its predecessor is revoked.
    /// - Returns: nil as long as too few were delivered to tell.
    init?(deliveries: [Date], rest: Int, tail: TimeInterval = 0, now: Date) {
        let sorted = deliveries.sorted()
        guard rest > 0 else {
            guard let last = sorted.last else { return nil }
            self.init(perHour: 0, boundBy: "done", end: last.addingTimeInterval(tail), range: nil)
            return
        }
        guard let first = sorted.first, sorted.count(where: { $0 > first }) >= Self.least else { return nil }
        let times = sorted.map { $0.timeIntervalSince(first) }
        let count = Double(times.count)
        let (middle, half) = (times.reduce(0, +) / count, (count + 1) / 2)
        let square = times.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
        let product = times.enumerated().reduce(0) { $0 + ($1.element - middle) * (Double($1.offset + 1) - half) }
        guard square > 0, product > 0 else { return nil }
        let rate = product / square
        let line = first.addingTimeInterval(middle + (count + Double(rest) - half) / rate)
        // What stands still since then is no speed.
        let end = max(line, now).addingTimeInterval(tail)
        // What comes within a minute comes from one push of the machinery, and says it once.
        let moments = Double(Set(times.map { Int($0 / 60) }).count)
        let spread = end.timeIntervalSince(now) / moments.squareRoot()
        self.init(
            perHour: rate * 3600, boundBy: "the speed so far", end: end,
            range: max(now, end.addingTimeInterval(-spread))...end.addingTimeInterval(spread))
    }

    /// The later one of what was observed and what bounds the speed: what comes in a burst is faster than its bounds allow for long.
    ///
    /// - Parameter tail: seconds from the last delivery until its predecessor is revoked.
    static func later(_ observed: Self?, _ estimate: Self?, tail: TimeInterval) -> Self? {
        guard let estimate else { return observed }
        let end = estimate.end.addingTimeInterval(tail)
        guard let observed else {
            return Self(perHour: estimate.perHour, boundBy: estimate.boundBy, end: end, range: nil)
        }
        guard end > observed.end else { return observed }
        let range = observed.range.map { min($0.lowerBound, end)...max($0.upperBound, end) }
        return Self(perHour: estimate.perHour, boundBy: estimate.boundBy, end: end, range: range)
    }

    /// Fewer tell nothing.
    private static let least = 3
}
