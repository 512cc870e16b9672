// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Ledger

/// Bounds on what the gateway does by itself.
public struct LimitsConfiguration: Sendable, Hashable {
    /// New orders one run may place without a person's consent.
    public var ordersPerRun = 500
    /// Replacements among them, for names and addresses that have changed; nil for no bound of their own.
    public var replacementsPerRun: Int?
    /// What the orders of a calendar month may cost without a person's consent; nil for no bound.
    public var budgetPerMonth: Money?
    /// Certificates that one run, or one command, may end, by revocation or retirement, without a person's consent to their number.
    public var endingsPerRun = 20
    /// Whether whoever has changed a template may not alone consent to the plan over a limit that follows from it.
    public var secondPerson = false
    /// Orders of one backend CA worked on at the same time.
    public var concurrency = 32
    /// Keys made at the same time.
    public var keyGenerators = ProcessInfo.processInfo.activeProcessorCount
    /// Time between two passes of `serve`.
    public var interval = Duration.seconds(900)

    /// Time between two comparisons of ledger and world by `serve`; nil for none by itself.
    public var driftEvery: Duration?

    /// A comparison lists what every CA and Intune hold, and asks for everybody in every directory.
    static let comparisons: ClosedRange<Duration> = .seconds(3600)...(.seconds(31 * 86_400))

    /// No shorter than it takes to ask Microsoft for what changed, and every person is looked at once a week.
    static let intervals: ClosedRange<Duration> = .seconds(10)...(.seconds(7 * 86_400))

    public init() {}
}
