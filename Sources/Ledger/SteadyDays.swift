// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Days on which the clock went on as clocks do. What is erased for its age cannot be taken back, and one look at a clock that is months
/// ahead, as after a virtual machine is resumed, must not make it old.
struct SteadyDays: Equatable {
    private static let day: TimeInterval = 86_400
    /// A gateway may stand still for a long weekend.
    private static let longestGap = 4 * day
    /// How long a clock has to go on before its word counts.
    private static let enough = 7 * day

    private var since: Date?
    private var last: Date?

    init(json: JSONValue? = nil) {
        since = (json?["since"]?.number).map(Date.init(timeIntervalSince1970:))
        last = (json?["last"]?.number).map(Date.init(timeIntervalSince1970:))
    }

    var json: JSONValue {
        ["since": .number(since?.timeIntervalSince1970 ?? 0), "last": .number(last?.timeIntervalSince1970 ?? 0)]
    }

    /// Whether the clock has gone on for long enough.
    var areEnough: Bool {
        guard let since, let last else { return false }
        return last.timeIntervalSince(since) >= Self.enough
    }

    /// A look at the clock.
    ///
    /// - Returns: false when it is too soon for another one. A clock that has jumped, forward or back, begins anew.
    mutating func count(_ now: Date) -> Bool {
        let gap = last.map { now.timeIntervalSince($0) } ?? .infinity
        if gap >= -OrderLedger.clockTolerance, gap < Self.day { return false }
        if !(Self.day...Self.longestGap).contains(gap) { since = now }
        last = now
        return true
    }
}
