// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

// What a duration in a file may be. A wait of no time is a busy loop, and one of years is a service that stands still.
extension ClosedRange<Duration> {
    /// Bound for one exchange with a CA.
    public static var exchange: Self { .seconds(1)...(.seconds(3600)) }
    /// How long something that was fetched stays good.
    public static var lifetime: Self { .seconds(1)...(.seconds(30 * 86_400)) }
    /// Rest before asking again.
    public static var rest: Self { .seconds(1)...(.seconds(30 * 86_400)) }
    /// How long something that a CA has may not show; none where it shows at once.
    public static var settling: Self { .zero...(.seconds(30 * 86_400)) }
    /// How long a matter may take as a whole.
    public static var patience: Self { .seconds(1)...(.seconds(365 * 86_400)) }

    /// Both ends, as messages write them.
    var text: String { "\(lowerBound.text) to \(upperBound.text)" }

    /// Durations within the range, one of each unit where it has some.
    var examples: String {
        let fitting = ["5s", "15m", "2h", "3d"].filter { Duration(text: $0).map(contains) == true }
        guard let last = fitting.last else { return lowerBound.text }
        return fitting.count == 1 ? last : fitting.dropLast().joined(separator: ", ") + " or " + last
    }
}
