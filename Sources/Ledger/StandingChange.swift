// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// That a subscriber's order has ended, or was opened again: what a planner must look at.
public struct StandingChange: Sendable, Hashable {
    /// Grows with each change of any template.
    public let number: Int64
    public let subscriberID: String
}
