// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Counts how long things took, by bounds: what Prometheus calls a histogram.
public struct Histogram: Sendable, Equatable {
    /// Upper bounds, in seconds, in ascending order; what is longer than the last counts in the end.
    public let bounds: [Double]
    /// By bound, each with those of its own range only; one more than there are bounds.
    public private(set) var counts: [Int]
    /// Seconds.
    public private(set) var sum = 0.0

    public init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    public var count: Int { counts.reduce(0, +) }

    public mutating func add(_ seconds: Double) {
        counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count] += 1
        sum += seconds
    }
}
