// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How often a waiting order is looked at when the CA does not say: orders issue within seconds, or wait for a person.
enum PollSchedule {
    /// The pause before the next look: the CA's wish, as long as it is neither so short that an order that waits for weeks is
    /// asked for every second, nor longer than a day.
    ///
    /// - Parameters:
    ///   - age: as for `interval`.
    ///   - asked: what the CA asks for; nil where it says nothing.
    static func pause(age: Double, asked: Duration?) -> Duration {
        let own = interval(age: age)
        guard let asked else { return own }
        return min(max(asked, max(own / 10, .seconds(1))), RetrySchedule.longest)
    }

    /// - Parameter age: seconds since the order was submitted.
    static func interval(age: Double) -> Duration {
        switch age {
        case ..<60: .seconds(5)
        case ..<3600: .seconds(60)
        case ..<86_400: .seconds(900)
        default: .seconds(3600)
        }
    }
}
