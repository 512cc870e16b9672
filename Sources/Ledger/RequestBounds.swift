// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// How many requests of a template may be ordered without anybody's agreement; what goes beyond waits for an administrator, as where
/// the template asks for that.
public struct RequestBounds: Sendable {
    private let budgets: [SpendingBound]
    private let perDay: Int

    /// - Parameters:
    ///   - budgets: what orders of the template may cost by themselves.
    ///   - perDay: requests of the template that may be ordered so within a day.
    public init(budgets: [SpendingBound], perDay: Int) { (self.budgets, self.perDay) = (budgets, perDay) }

    /// Why an order waits for somebody's agreement, in one sentence; nil where it need not. Nobody else orders before the transaction
    /// ends.
    func obstacle(to new: NewOrder, at now: Date, on connection: any SQLConnection) throws -> String? {
        try OrderTable.ids.lock(on: connection)
        let count =
            try connection.value(
                """
                SELECT COUNT(*) FROM certificate_requests WHERE state = ? AND template = ? AND decided_by IS NULL AND created_at > ?
                """,
                [SQLValue(SubmittedRequest.State.ordered), .text(new.template), SQLValue(now - 86_400)], as: Int.self)
            ?? 0
        if count >= perDay {
            return
                "\(count) requests of template \(new.template) were ordered by themselves within a day, and \(perDay) may be (limits.ordersPerRun)"
        }
        return try SpendingBound.within(budgets, [new], on: connection).isEmpty
            ? "it goes beyond what orders may cost this month (limits.budgetPerMonth)" : nil
    }
}
