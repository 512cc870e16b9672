// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

/// What an engine has done since it was made, in numbers; nobody's name is in it.
public struct EngineFigures: Sendable {
    /// How often an order came into a stage.
    public private(set) var entries: [OrderStage: Int] = [:]
    /// From the intent to the certificate: from minutes to a week, because people and CAs take their time.
    public private(set) var timeToIssue = Histogram(
        bounds: [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400, 259_200, 604_800])
    /// Orders and actions in hand now.
    public internal(set) var inFlight = 0

    public init() {}

    mutating func note(_ before: Order, _ after: Order) {
        guard before.stage != after.stage else { return }
        entries[after.stage, default: 0] += 1
        if after.stage == .issued { timeToIssue.add(max(after.updatedAt.timeIntervalSince(after.createdAt), 0)) }
    }
}
