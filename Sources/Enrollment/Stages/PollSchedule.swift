// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How often a waiting order is looked at when the CA does not say: orders issue within seconds, or wait for a person.
enum PollSchedule {
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
