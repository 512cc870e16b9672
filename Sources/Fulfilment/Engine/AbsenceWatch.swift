// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Synchronization

/// Since when an order whose answer was lost is looked for, by a clock that nobody sets.
///
/// Absence at a CA proves nothing before everything that had reached it has had its time to show. The wall clock cannot
/// tell that time: who sets it forward would make absence sure at once. So the time is counted by the machine's uptime from the
/// first look, which comes after the call has ended. The ledger keeps it for the next process, because a timer's passes are
/// shorter than that time; it means nothing once the machine has started again.
final class AbsenceWatch: Sendable {
    /// The number Linux gives to each start of the machine; one of its own where there is none.
    private static let boot =
        (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines) ?? UUID().uuidString

    private struct Look {
        let attempt: Int
        let since: Duration
        /// The CA has said itself that it did not take the order.
        var isProven = false
    }

    private let looks = Mutex<[Int64: Look]>([:])
    private let boot: String

    /// - Parameter boot: names the start of the machine since which uptime counts.
    init(boot: String = AbsenceWatch.boot) { self.boot = boot }

    func knows(orderID: Int64, attempt: Int) -> Bool { looks.withLock { $0[orderID]?.attempt == attempt } }

    /// Goes on with the first look of a process before this one.
    ///
    /// - Returns: false when `note` is none, is about another submission, or was written before the machine started.
    func resume(_ note: JSONValue?, orderID: Int64, attempt: Int, at uptime: Duration) -> Bool {
        guard let note, note["attempt"]?.int == attempt else { return false }
        let isProven = note["proven"]?.bool == true
        let told = note["boot"]?.string == boot ? note["uptime"]?.int.map(Duration.milliseconds) : nil
        let since = told.flatMap { $0 <= uptime ? $0 : nil }
        guard isProven || since != nil else { return false }
        looks.withLock { $0[orderID] = Look(attempt: attempt, since: since ?? uptime, isProven: isProven) }
        return true
    }

    /// Under which name the ledger keeps the note about an order.
    static func stateName(orderID: Int64) -> String { "absence.\(orderID)" }

    /// What the next process needs to go on with a first look, or the CA's own words, at `uptime`.
    func note(attempt: Int, at uptime: Duration, isProven: Bool = false) -> JSONValue {
        [
            "boot": .string(boot), "attempt": JSONValue(attempt), "uptime": JSONValue(Int(uptime / .milliseconds(1))),
            "proven": JSONValue(isProven),
        ]
    }

    /// How much longer absence proves nothing; nil when a search that begins now is far enough from the first one.
    ///
    /// - Parameters:
    ///   - attempt: the submission that is in doubt; a later one counts anew.
    ///   - uptime: when the search begins, taken before it is sent.
    ///   - settle: how long an order may stay invisible.
    func remaining(orderID: Int64, attempt: Int, at uptime: Duration, settle: Duration) -> Duration? {
        let since = looks.withLock { looks in
            if let look = looks[orderID], look.attempt == attempt { return look.since }
            looks[orderID] = Look(attempt: attempt, since: uptime)
            return uptime
        }
        let left = settle - (uptime - since)
        return left > .zero ? left : nil
    }

    /// The CA has answered at `uptime`, in words of its protocol or profile, that it did not take the order: one look is enough.
    func prove(orderID: Int64, attempt: Int, at uptime: Duration) {
        looks.withLock { $0[orderID] = Look(attempt: attempt, since: uptime, isProven: true) }
    }

    func isProven(orderID: Int64, attempt: Int) -> Bool {
        looks.withLock { looks in looks[orderID].map { $0.attempt == attempt && $0.isProven } ?? false }
    }

    /// The order is no longer in doubt.
    func forget(orderID: Int64) { looks.withLock { _ = $0.removeValue(forKey: orderID) } }
}
