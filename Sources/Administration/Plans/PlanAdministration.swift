// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory
import Foundation
import Gateway
import Ledger
import Planning
import Records
import Settings

/// What the gateway is about to do, and the consent to it.
public struct PlanAdministration: Sendable {
    /// How many people are named with each concern.
    private static let namedPeople = 5

    let gateway: Gateway
    let caller: Caller
    private var actor: String { caller.name }

    /// - Parameter caller: who acts, for the record.
    public init(_ gateway: Gateway, caller: Caller) {
        self.gateway = gateway
        self.caller = caller
    }

    /// Reads the directory and compares it with the ledger; orders nothing. What needs a consent is remembered as shown.
    ///
    /// - Parameter limit: how many people to list per template and verdict.
    public func plan(
        limit: Int, onActivity: @escaping @Sendable (EnrollmentPass.Activity) -> Void = { _ in }
    ) async throws -> PlanOverview {
        let graph = try gateway.graphClient()
        guard let report = try await gateway.decide(graph, onActivity) else {
            gateway.logger.log(
                .notice, "another node reads the directory and plans; this is what it has decided last", fields: [])
            return try await last(limit: limit)
        }
        let nothing = report.templates == 0 ? report.standstill : []
        let stops = try await gateway.stops(graph)
        let overview = try await overview(
            report.plans, report.unknown, report.problems + nothing + stops.all + stops.some,
            isStopped: !stops.all.isEmpty, limit)
        if !overview.overLimits.isEmpty {
            try await ShownPlan(at: gateway.ledger.clock.now(), orders: try await planned()).note(
                for: actor, on: gateway.database)
        }
        return overview
    }

    /// The plan as it was made last, by whoever made it; reads nobody but the ledger.
    public func last(limit: Int = 0) async throws -> PlanOverview {
        var plans: [PlanSummary] = []
        for template in try await gateway.planner.planned(gateway.configuration) {
            plans.append(try await gateway.planner.last(template))
        }
        return try await overview(plans, [], [], isStopped: false, limit)
    }

    /// Consents to new orders: the service places them with its next look at the plan, once. Without a number these are the
    /// ones that `plan` has shown to this person, and that are still planned as they were shown.
    ///
    /// - Parameters:
    ///   - orders: how many at most, however they spread over the templates; nil for those that were shown.
    ///   - cost: what these may cost where that is over a budget; what was shown has its cost.
    /// - Throws: `SettingsError` for a plan that needs no consent, that has more than `orders` or costs more, or that nobody has looked
    ///   at.
    public func approve(orders: Int?, cost: Money? = nil, at date: Date? = nil) async throws -> PlanApproval {
        let wish = Entrance.Wish(.approvePlan, AuditObject(.plan, "any"))
        return try await Entrance(caller, gateway.ledger.audit).pass(.approvePlan, to: wish, .all) {
            try await consent(orders, cost, date ?? gateway.ledger.clock.now())
        }
    }

    private func consent(_ orders: Int?, _ cost: Money?, _ date: Date) async throws -> PlanApproval {
        let plan = try await last()
        try plan.requireDecidable()
        if let own = try await gateway.ownChange(of: plan, by: caller) { throw own }
        if let orders, orders < plan.wanted {
            throw SettingsError(
                "the last plan has \(Plural(plan.wanted, "new order")), --orders \(orders) would not place them: say "
                    + "--orders \(plan.wanted), or see 'certway plan' for who they are", at: .commandLine)
        }
        var notShown = 0
        var consent = OrderConsent(actor: actor, grantedAt: date, orders: orders ?? 0, cost: MoneySum(cost))
        if orders != nil, !consent.covers(plan.wanted, plan.overBudget) {
            let cost = plan.overBudget?.text ?? ""
            throw SettingsError(
                "the last plan costs \(cost), which is over a budget: say --cost '\(cost)' beside --orders, or see 'certway plan' for "
                    + "who they are", at: .commandLine)
        }
        if orders == nil {
            guard let shown = try await ShownPlan.last(for: actor, on: gateway.database),
                date.timeIntervalSince(shown.at) < OrderConsent.validity
            else {
                throw SettingsError(
                    "\(actor) has not looked at this plan today: 'certway plan' shows it, and 'certway plan approve' consents "
                        + "to what it has shown"
                        + (plan.wanted > 0 ? "; --orders \(plan.wanted) consents to a number, unseen" : ""), at: .state)
            }
            let planned = try await planned()
            let approved = planned.shown(in: shown.orders)
            guard !approved.marks.isEmpty else {
                throw SettingsError(
                    "nothing of what was shown to \(actor) is still planned like that: see 'certway plan' again",
                    at: .state)
            }
            notShown = planned.marks.count - approved.marks.count
            consent = OrderConsent(actor: actor, grantedAt: date, to: approved)
        }
        try await consent.grant(on: gateway.database)
        return PlanApproval(consent: consent, notShown: notShown)
    }

    /// New orders that would be placed and not leave, by backend CA.
    private func kept(_ plans: [PlanSummary]) async throws -> [PlanOverview.Kept] {
        let stops = try await PlacementStops.backendCAs(gateway.configuration, gateway.ledger)
        var counts: [String: Int] = [:]
        for plan in plans where plan.toOrder > 0 {
            guard let template = gateway.configuration.template(plan.template) else { continue }
            counts[template.backendCA, default: 0] += plan.toOrder
        }
        return counts.sorted { $0.key < $1.key }.compactMap { name, count in
            stops[name].map { PlanOverview.Kept(backendCA: name, orders: count, reason: $0) }
        }
    }

    func planned() async throws -> PlannedOrders {
        try await gateway.planner.plannedOrders(of: try await gateway.planner.planned(gateway.configuration))
    }

    private func overview(
        _ plans: [PlanSummary], _ unknown: [UnplannedTemplate], _ problems: [String],
        isStopped: Bool, _ limit: Int
    ) async throws -> PlanOverview {
        var templates: [PlanOverview.Template] = []
        let register = EnrollmentRegister(database: gateway.database)
        let counts = try await register.counts()
        let planned = Set(try await gateway.planner.planned(gateway.configuration).map(\.name))
        let unplanned = counts.filter { !planned.contains($0.key) }.mapValues(\.valid).filter { $0.value > 0 }
        let former = Dictionary(
            try await gateway.store.formerDeliverySentences().map { ($0.template, $0.sentence) },
            uniquingKeysWith: { $1 })
        for plan in plans {
            var plan = plan
            plan.warnings += [former[plan.template]].compactMap(\.self)
            func people(_ verdict: EnrollmentDecision.Verdict) async throws -> [EnrollmentDecision] {
                try await gateway.planner.decisions.decisions(template: plan.template, verdict: verdict, limit: limit)
            }
            func people(_ actions: Set<PlannedAction>) async throws -> [EnrollmentDecision] {
                try await gateway.planner.decisions.decisions(template: plan.template, actions: actions, limit: limit)
            }
            let count = counts[plan.template] ?? PeopleCount()
            var concerns: [CertificateConcern: [EnrolledPerson]] = [:]
            for concern in count.concerns.keys {
                concerns[concern] = try await register.people(
                    PersonFilter(template: plan.template, concern: concern, limit: Self.namedPeople))
            }
            templates.append(
                PlanOverview.Template(
                    summary: plan, people: count, concerns: concerns,
                    toOrder: try await people(PlannedAction.purchases),
                    waiting: try await people(.waiting),
                    ended: try await people(.ended), leftOut: try await people(.skipped),
                    toEnd: try await people(PlannedAction.withdrawals)))
        }
        let configuration = gateway.configuration
        let spending = try await Spending.read(gateway.ledger, for: configuration, at: gateway.ledger.clock.now())
        let limits = PlanLimits(plans, configuration.limits, spending)
        return PlanOverview(
            templates: templates, unknown: unknown, unplanned: unplanned, problems: problems, isStopped: isStopped,
            kept: try await kept(plans),
            waiting: try await gateway.waitingOrders() + gateway.comingSwitches()
                + gateway.failoverSentences() + gateway.unconfirmedIssuers(),
            allowed: configuration.limits.ordersPerRun, spending: configuration.hasPrices ? spending : nil,
            budget: configuration.limits.budgetPerMonth, overBudget: limits.overBudget, overLimits: limits.sentences)
    }
}
