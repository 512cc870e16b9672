// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
public import Settings

/// What some plans together may not do by themselves, and why. Limits of a template keep that template alone, those of the gateway all:
/// what is left once the templates' own have been kept is held against them.
public struct PlanLimits: Sendable {
    /// Against every new order.
    private(set) var orders: String?
    /// Against orders that replace a certificate.
    private(set) var replacements: String?
    /// Against every end of what people have.
    private(set) var endings: String?
    /// Against the end of what was replaced long ago, which keeps nobody's departure waiting.
    private(set) var older: String?
    /// Against those of one template, by its name.
    private(set) var templateOrders: [String: String] = [:]
    private(set) var templateReplacements: [String: String] = [:]
    private(set) var templateEndings: [String: String] = [:]
    private(set) var templateOlder: [String: String] = [:]

    /// What all new orders of the plans cost, where that is over a budget: a consent to a number names it, too.
    public private(set) var overBudget: MoneySum?

    /// What to do about a plan that waits.
    static let next = "look at 'certway plan', then 'certway plan approve'"

    /// - Parameter spending: of the month; nil where nothing has a price.
    public init(_ plans: [PlanSummary], _ limits: LimitsConfiguration, _ spending: Spending?) {
        for plan in plans {
            if let most = plan.limits.endingsPerRun {
                func over(_ count: Int) -> String? {
                    guard count > most else { return nil }
                    return Self.over("ends \(Plural(count, "certificate"))", most, "endingsPerRun", of: plan.template)
                }
                templateEndings[plan.template] = over(plan.toLose)
                templateOlder[plan.template] = over(plan.toLose + plan.older)
            }
            let replacing = plan.actions[.replace] ?? 0
            if let most = plan.limits.replacementsPerRun, replacing > most {
                templateReplacements[plan.template] = Self.over(
                    "replaces \(Plural(replacing, "certificate"))", most, "replacementsPerRun", of: plan.template)
            } else if plan.limits.replacementsPerRun == nil, limits.replacementsPerRun == nil, plan.replacesHalf {
                templateReplacements[plan.template] =
                    "\(Self.plan(of: plan.template)) replaces \(Plural(replacing, "certificate")) because names or addresses have "
                    + "changed or Intune holds them no more, half of those in use or more: \(Self.next), or set \(Self.key("replacementsPerRun", of: plan.template))"
            }
        }
        func replacing(_ plan: PlanSummary) -> Int {
            templateReplacements[plan.template] == nil ? plan.actions[.replace] ?? 0 : 0
        }
        let allReplacing = plans.reduce(0) { $0 + replacing($1) }
        if let most = limits.replacementsPerRun, allReplacing > most {
            replacements = Self.over("replaces \(Plural(allReplacing, "certificate"))", most, "replacementsPerRun")
        }
        func wanted(_ plan: PlanSummary) -> Int {
            plan.toOrder - (plan.actions[.replace] ?? 0) + (replacements == nil ? replacing(plan) : 0)
        }
        for plan in plans where wanted(plan) > 0 {
            let number = plan.limits.ordersPerRun.flatMap { most in
                wanted(plan) > most
                    ? Self.over("has \(Plural(wanted(plan), "new order"))", most, "ordersPerRun", of: plan.template)
                    : nil
            }
            let money = plan.limits.budgetPerMonth.flatMap {
                Self.over(
                    $0, wanted(plan), MoneySum(plan.price, times: wanted(plan)),
                    spending?.of(plan.template) ?? MoneySum(), of: plan.template)
            }
            templateOrders[plan.template] = Self.both(number, money)
        }
        let left = plans.filter { templateOrders[$0.template] == nil }
        let count = left.reduce(0) { $0 + wanted($1) }
        let money = limits.budgetPerMonth.flatMap { budget in
            let cost = left.reduce(MoneySum()) { $0 + MoneySum($1.price, times: wanted($1)) }
            return Self.over(budget, count, cost, spending?.total ?? MoneySum())
        }
        orders = Self.both(
            count > limits.ordersPerRun ? EnrollmentPass.overLimit(count, limits.ordersPerRun) : nil, money)
        // A consent to a number is to all that waits, whatever keeps it: what is over a budget then is said with it.
        let all = plans.reduce(MoneySum()) { $0 + MoneySum($1.price, times: $1.toOrder) }
        let isOverBudget =
            plans.contains { plan in
                plan.limits.budgetPerMonth.map {
                    Self.isOver(
                        $0, MoneySum(plan.price, times: plan.toOrder), spending?.of(plan.template) ?? MoneySum())
                } ?? false
            } || limits.budgetPerMonth.map { Self.isOver($0, all, spending?.total ?? MoneySum()) } ?? false
        if isOverBudget { overBudget = all }
        endings = EnrollmentPass.endingsOverLimit(plans.filter { templateEndings[$0.template] == nil }, limits)
        older = EnrollmentPass.endingsOverLimit(
            plans.filter { templateOlder[$0.template] == nil }, limits, withOlder: true)
    }

    /// Whether so many orders by hand may be placed by themselves: why not, and what they cost where that is over a budget.
    public static func byHand(
        _ orders: Int, _ template: TemplateConfiguration, _ limits: LimitsConfiguration, _ spending: Spending
    ) -> (reason: String, overBudget: MoneySum?)? {
        var plan = PlanSummary(template: template.name, counts: [:], evaluated: 0, skippedByReason: [:], warnings: [])
        (plan.price, plan.limits, plan.actions) = (template.price, template.limits, [.order: orders])
        let found = PlanLimits([plan], limits, spending)
        guard let sentence = found.orderSentences.first else { return nil }
        let reason = sentence.components(separatedBy: joint).map { part in
            part.range(of: ": look at ").map { String(part[..<$0.lowerBound]) } ?? part
        }.joined(separator: joint)
        return (reason.replacing("the plan has", with: "there would be"), found.overBudget)
    }

    /// Why orders of a template wait, where they do.
    func stop(ordersOf template: String) -> String? { orders ?? templateOrders[template] }

    func stop(replacementsOf template: String) -> String? { replacements ?? templateReplacements[template] }

    /// What may end by itself.
    func endings(of template: String) -> Set<PlannedAction> {
        var actions = PlannedAction.withdrawals
        if (endings ?? templateEndings[template]) != nil { actions.subtract(PlannedAction.endings) }
        if (older ?? templateOlder[template]) != nil { actions.remove(.revokeOlder) }
        return actions
    }

    /// Whether something of a plan needs no consent.
    public func letsPass(_ plan: PlanSummary) -> Bool {
        let replacing = plan.actions[.replace] ?? 0
        let isOrdered =
            stop(ordersOf: plan.template) == nil
            && (plan.toOrder > replacing || replacing > 0 && stop(replacementsOf: plan.template) == nil)
        let free = endings(of: plan.template)
        return isOrdered || plan.actions.contains { $0.value > 0 && free.contains($0.key) }
    }

    /// What waits for a person's consent, one sentence each.
    public var sentences: [String] { orderSentences + endingSentences }

    var orderSentences: [String] {
        [orders, replacements].compactMap(\.self) + Self.sorted(templateOrders) + Self.sorted(templateReplacements)
    }

    /// Where both wait for one cause, it is said once.
    var endingSentences: [String] {
        [endings ?? older].compactMap(\.self) + Self.sorted(templateOlder.merging(templateEndings) { $1 })
    }

    private static func sorted(_ stops: [String: String]) -> [String] {
        stops.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func over(_ what: String, _ most: Int, _ key: String, of template: String? = nil) -> String {
        "\(plan(of: template)) \(what), \(most) \(most == 1 ? "is" : "are") allowed at once: \(next), or raise "
            + Self.key(key, of: template)
    }

    private static func isOver(_ budget: Money, _ cost: MoneySum, _ spent: MoneySum) -> Bool {
        let (cost, spent) = (cost[budget.currency], spent[budget.currency])
        return cost.units > 0 && spent.units + cost.units > budget.units
    }

    /// Two limits that the same orders are over are both said: whoever consents to a number is to know of the money.
    private static func both(_ number: String?, _ money: String?) -> String? {
        let found = [number, money].compactMap(\.self)
        return found.isEmpty ? nil : found.joined(separator: joint)
    }

    private static let joint = "; "

    /// Why a month's budget keeps orders; nil where it does not.
    private static func over(
        _ budget: Money, _ orders: Int, _ cost: MoneySum, _ spent: MoneySum, of template: String? = nil
    ) -> String? {
        guard isOver(budget, cost, spent) else { return nil }
        let (cost, spent) = (cost[budget.currency], spent[budget.currency])
        let key = key("budgetPerMonth", of: template)
        return
            "\(plan(of: template)) has \(Plural(orders, "new order")) for \(cost.text), and \(spent.text) of the \(budget.text) of "
            + "\(key) are spent this month: \(next), or raise it"
    }

    private static func plan(of template: String?) -> String {
        template.map { "template \($0): the plan" } ?? "the plan"
    }

    private static func key(_ key: String, of template: String?) -> String {
        template == nil ? "limits.\(key)" : "the template's limits.\(key)"
    }
}
