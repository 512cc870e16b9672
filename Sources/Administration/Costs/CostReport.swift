// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import Ledger
public import Planning

/// What orders have cost, by month and by what they were for.
public struct CostReport: Sendable {
    /// What the rows tell apart.
    public enum Grouping: String, Sendable, CaseIterable {
        /// Month, template, backend CA and product.
        case all
        case month, template, product
    }

    /// Orders of one kind; one row has one currency, or none where nobody had said a price.
    public struct Row: Sendable, Hashable {
        /// Empty where the rows do not tell it apart.
        public let month: String
        public let template: String
        public let backendCA: String
        public let product: String
        public let currency: Currency?
        public internal(set) var orders: Int
        /// Those that have led to a certificate.
        public internal(set) var certificates: Int
        /// Those under way, whose cost counts as long as they are.
        public internal(set) var underWay: Int
        public internal(set) var cost: Money?
        /// What of the cost is for those under way.
        public internal(set) var underWayCost: Money?

        public var json: JSONValue {
            [
                "month": .string(month), "template": .string(template), "backendCA": .string(backendCA),
                "product": .string(product), "orders": JSONValue(orders), "certificates": JSONValue(certificates),
                "underWay": JSONValue(underWay), "cost": cost?.json ?? .null,
                "underWayCost": underWayCost?.json ?? .null,
            ]
        }
    }

    public let from: CalendarMonth
    public let to: CalendarMonth
    public let rows: [Row]
    /// Of this month.
    public let spending: Spending
    public let budget: Money?

    /// Of all rows.
    public var total: MoneySum { rows.reduce(into: MoneySum()) { $0.add($1.cost) } }

    init(
        _ costs: [(month: CalendarMonth, costs: [OrderCosts])], _ grouping: Grouping, from: CalendarMonth,
        to: CalendarMonth, _ spending: Spending, budget: Money?
    ) {
        (self.from, self.to, self.spending, self.budget) = (from, to, spending, budget)
        var rows: [[String]: Row] = [:]
        for (month, costs) in costs {
            for costs in costs {
                func part(_ text: String, _ groupings: Grouping...) -> String {
                    grouping == .all || groupings.contains(grouping) ? text : ""
                }
                let currency = costs.price?.currency
                let row = Row(
                    month: part(month.text, .month), template: part(costs.template, .template),
                    backendCA: part(costs.backendCA, .product), product: part(costs.product, .product),
                    currency: currency, orders: 0, certificates: 0, underWay: 0,
                    cost: currency.map { Money(units: 0, $0) }, underWayCost: currency.map { Money(units: 0, $0) })
                let key = [row.month, row.template, row.backendCA, row.product, currency?.code ?? ""]
                rows[key, default: row].add(costs)
            }
        }
        self.rows = rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }

    public var json: JSONValue {
        [
            "from": .string(from.text), "to": .string(to.text), "rows": .array(rows.map(\.json)), "total": total.json,
            "thisMonth": spending.json, "budgetPerMonth": budget?.json ?? .null,
        ]
    }
}

extension CostReport.Row {
    mutating func add(_ costs: OrderCosts) {
        orders += costs.count
        if costs.state == .issued { certificates += costs.count }
        if costs.state == .open { underWay += costs.count }
        guard let currency else { return }
        func sum(_ money: Money?, _ more: MoneySum) -> Money {
            Money(units: (money?.units ?? 0) + more[currency].units, currency)
        }
        cost = sum(cost, costs.cost)
        if costs.state == .open { underWayCost = sum(underWayCost, costs.cost) }
    }
}
