// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Gateway
public import Ledger
import Planning

/// What was spent, from the ledger.
public struct CostAdministration: Sendable {
    /// How many months are told where nobody says from when, this one among them.
    static let usualMonths = 12

    private let store: GatewayStore

    public init(_ store: GatewayStore) { self.store = store }

    /// - Parameters:
    ///   - template: of this one alone; nil for all.
    ///   - from: the first month; nil for a year before the last.
    ///   - to: the last month; nil for this one.
    /// - Throws: `StoreError`. Costs one index range a month.
    public func report(
        _ grouping: CostReport.Grouping, template: String? = nil, from: CalendarMonth? = nil, to: CalendarMonth? = nil
    ) async throws -> CostReport {
        let now = store.clock.now()
        let last = to ?? CalendarMonth(of: now)
        let first = from ?? last.back(Self.usualMonths - 1)
        var costs: [(month: CalendarMonth, costs: [OrderCosts])] = []
        var month = first
        while month <= last {
            let found = try await store.ledger.costs(from: month.start, to: month.end)
            costs.append((month, found.filter { template == nil || $0.template == template }))
            month = month.next
        }
        return CostReport(
            costs, grouping, from: first, to: last, try await Spending.read(store.ledger, at: now),
            budget: try await store.configuration().limits.budgetPerMonth)
    }
}
