// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// What orders may cost together in a month without anybody's consent; held against what was spent in the transaction that makes them,
/// for somebody may have ordered since the plan was made.
public struct SpendingBound: Sendable, Hashable {
    /// The one whose orders count; nil for those of all.
    public let template: String?
    public let budget: Money
    public let month: CalendarMonth

    public init(template: String? = nil, budget: Money, in month: CalendarMonth) {
        (self.template, self.budget, self.month) = (template, budget, month)
    }

    private func holds(_ new: NewOrder) -> Bool {
        (template == nil || template == new.template) && new.price?.currency == budget.currency
    }

    /// The orders that go within all bounds, in their order; nobody else orders before the transaction ends.
    static func within(
        _ bounds: [SpendingBound], _ batch: [NewOrder], on connection: any SQLConnection
    ) throws -> [NewOrder] {
        guard batch.contains(where: { new in bounds.contains { $0.holds(new) } }) else { return batch }
        try OrderTable.ids.lock(on: connection)
        var left = try bounds.map { bound in
            let spent = try OrderLedger.costs(from: bound.month.start, to: bound.month.end, on: connection)
                .filter { bound.template == nil || bound.template == $0.template }
                .reduce(MoneySum()) { $0 + $1.cost }
            return bound.budget.units - spent[bound.budget.currency].units
        }
        return batch.filter { new in
            let own = bounds.indices.filter { bounds[$0].holds(new) }
            let price = new.price?.units ?? 0
            guard own.allSatisfy({ left[$0] >= price }) else { return false }
            for index in own { left[index] -= price }
            return true
        }
    }
}
