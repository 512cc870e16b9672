// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Since when an order whose answer was lost is looked for, by a clock that nobody sets.
///
/// Absence at a CA proves nothing before everything that had reached it has had its time to show. The wall clock cannot
/// tell that time: who sets it forward would make absence sure at once. So the time is counted from the first look of this
/// process, which comes after the call has ended; another process counts from its own first look.
final class AbsenceWatch: Sendable {
    private struct Look {
        let attempt: Int
        let since: Duration
        /// The CA has said itself that it did not take the order.
        var isProven = false
    }

    private let looks = Mutex<[Int64: Look]>([:])

    /// How much longer absence proves nothing; nil when a search that begins now is far enough from the first one.
    ///
    /// - Parameters:
    ///   - attempt: the submission that is in doubt; a later one counts anew.
    ///   - uptime: when the search begins, taken before it is sent.
    ///   - settle: how long an order may stay invisible.
    func remaining(orderID: Int64, attempt: Int, at uptime: Duration, settle: Duration) -> Duration? {
        let since = looks.withLock { looks -> Duration? in
            if let look = looks[orderID], look.attempt == attempt { return look.isProven ? nil : look.since }
            looks[orderID] = Look(attempt: attempt, since: uptime)
            return uptime
        }
        guard let since else { return nil }
        let left = settle - (uptime - since)
        return left > .zero ? left : nil
    }

    /// The CA has answered in words of its protocol or profile that it did not take the order: one look is enough. What is
    /// forgotten in a restart is only this shorter way.
    func prove(orderID: Int64, attempt: Int) {
        looks.withLock { $0[orderID] = Look(attempt: attempt, since: .zero, isProven: true) }
    }

    func isProven(orderID: Int64, attempt: Int) -> Bool {
        looks.withLock { looks in looks[orderID].map { $0.attempt == attempt && $0.isProven } ?? false }
    }

    /// The order is no longer in doubt.
    func forget(orderID: Int64) { looks.withLock { _ = $0.removeValue(forKey: orderID) } }
}
