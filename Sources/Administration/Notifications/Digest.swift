// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Gateway
import Ledger
import Notification

/// What the daily mail to administrators says.
public enum Digest {
    /// Values by placeholder.
    ///
    /// - Throws: `StoreError`.
    public static func values(_ gateway: Gateway) async throws -> [String: String] {
        let now = gateway.ledger.clock.now()
        let needs = try await OverviewAdministration(gateway).needs(at: now)
        let told = try await gateway.notices.counts(since: now - 86_400)
        let waiting = try await gateway.ledger.waitingCounts().reduce(0) { $0 + $1.count }
        func count(_ event: NoticeEvent) -> String { String(told[event] ?? 0) }
        return [
            "needs": needs.isEmpty ? "- nothing" : needs.map { "- \($0.text)" }.joined(separator: "\n"),
            "needCount": String(needs.count),
            "needSummary": "\(Plural(needs.count, "thing needs somebody", "things need somebody"))",
            "issued": count(.issued), "renewed": count(.renewed),
            "revoked": count(.revoked), "failed": count(.failed), "waiting": String(waiting),
            "expiring": count(.expiring), "costs": try await costs(gateway, now),
        ]
    }

    /// Of the month so far, a sum for each currency.
    private static func costs(_ gateway: Gateway, _ now: Date) async throws -> String {
        let month = CalendarMonth(of: now)
        let sum = try await gateway.ledger.costs(from: month.start, to: month.end).reduce(MoneySum()) { $0 + $1.cost }
        return sum.isEmpty ? "-" : sum.text
    }
}
