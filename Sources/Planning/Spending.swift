// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
public import Ledger
public import Settings

/// What the orders of a calendar month cost so far: certificates that came, and orders under way that may still lead to one.
public struct Spending: Sendable, Hashable {
    public let month: CalendarMonth
    /// By template, also of those that are gone.
    public let templates: [String: MoneySum]

    public init(month: CalendarMonth, templates: [String: MoneySum] = [:]) {
        self.month = month
        self.templates = templates
    }

    public var total: MoneySum { templates.values.reduce(MoneySum(), +) }

    public func of(_ template: String) -> MoneySum { templates[template] ?? MoneySum() }

    /// Reads the orders of the month.
    public static func read(_ ledger: OrderLedger, at date: Date) async throws -> Spending {
        let month = CalendarMonth(of: date)
        var templates: [String: MoneySum] = [:]
        for costs in try await ledger.costs(from: month.start, to: month.end) {
            templates[costs.template, default: MoneySum()] = templates[costs.template, default: MoneySum()] + costs.cost
        }
        return Spending(month: month, templates: templates.filter { !$0.value.isEmpty })
    }

    /// As `read` where somebody has said what anything costs; nothing is read otherwise.
    public static func read(
        _ ledger: OrderLedger, for configuration: GatewayConfiguration, at date: Date
    ) async throws -> Spending {
        guard configuration.hasPrices else { return Spending(month: CalendarMonth(of: date)) }
        return try await read(ledger, at: date)
    }

    public var json: JSONValue {
        [
            "month": .string(month.text), "spent": total.json,
            "templates": .object(templates.mapValues(\.json)),
        ]
    }
}

extension GatewayConfiguration {
    /// Whether anything has a price or a budget.
    public var hasPrices: Bool {
        limits.budgetPerMonth != nil || allTemplates.contains { $0.price != nil || !$0.prices.isEmpty }
    }
}

extension SpendingBound {
    /// What orders of a template may cost by themselves in the month of `date`: by its own budget, and by that of all.
    public static func budgets(
        of template: TemplateConfiguration, _ limits: LimitsConfiguration, at date: Date
    ) -> [SpendingBound] {
        let month = CalendarMonth(of: date)
        return [
            template.limits.budgetPerMonth.map { SpendingBound(template: template.name, budget: $0, in: month) },
            limits.budgetPerMonth.map { SpendingBound(budget: $0, in: month) },
        ].compactMap(\.self)
    }
}
