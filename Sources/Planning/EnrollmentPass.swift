// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Directory
public import ExchangeOnline
import Foundation
import JSONDocuments
import Ledger
import MicrosoftGraph
import Settings

/// The half of the gateway that decides: looks at the directory, plans, and puts orders into the ledger within the limits.
/// What is in the ledger is the engine's.
public struct EnrollmentPass: Sendable {
    /// What the pass is doing, for a person who watches.
    public enum Activity: Sendable {
        case readingDirectory(template: String)
        case planning(template: String, people: Int)
        case working(activated: Int, inFlight: Int, steps: Int)
    }

    /// What a pass found and did.
    public struct Report: Sendable {
        public init() {}

        public var plans: [PlanSummary] = []
        public var directory: [(template: String, report: SynchronizationReport)] = []
        /// Orders made in the ledger by this pass.
        public var planned = 0
        /// What kept a template from being looked at; the others went on.
        var failures: [UnplannedTemplate] = []
        /// Why nothing new was ordered or ended although something is to be; empty when nothing stands in the way.
        public var overLimit: [String] = []

        /// What the orders of this month cost so far; nil where it was not read.
        public var spending: Spending?
        /// What the plans still want once they were placed.
        var remaining: [PlanSummary]?

        /// What is left of a plan that was placed, for whoever waits for a consent to the rest.
        public var rest: Report {
            var rest = self
            rest.plans = remaining ?? plans
            (rest.planned, rest.ended, rest.remaining) = (0, 0, nil)
            return rest
        }

        /// Templates that are switched on; nil where this node has not planned.
        public var templates: Int?

        /// Templates that could not be looked at: what they are to order or to end is not known, and not nothing.
        public var unknown: [UnplannedTemplate] {
            let known = Set(plans.map(\.template))
            return failures.filter { !known.contains($0.template) }
        }
        /// What kept templates from being looked at, one sentence for each cause: what is wrong with the tenant is no matter of each
        /// of them.
        public var problems: [String] {
            var causes: [(reason: String, templates: [String])] = []
            for failure in failures {
                let kind = failure.reason.withoutPassingDetails
                if let place = causes.firstIndex(where: { $0.reason.withoutPassingDetails == kind }) {
                    causes[place].templates.append(failure.template)
                } else {
                    causes.append((failure.reason, [failure.template]))
                }
            }
            return causes.map { cause in
                "template\(cause.templates.count == 1 ? "" : "s") \(cause.templates.joined(separator: ", ")): \(cause.reason)"
            }
        }

        /// What the plans say that nobody means and nothing changes by itself.
        public var standstill: [String] {
            let none =
                "no template is switched on, so nobody gets a certificate: see 'certway template list', 'certway apply --help'"
            return templates == 0 ? [none] : plans.flatMap(\.standstill)
        }

        /// New orders the plans want.
        public var wanted: Int { plans.reduce(0) { $0 + $1.toOrder } }
        /// Certificates and orders the plans would end.
        public var endings: Int { plans.reduce(0) { $0 + $1.toEnd } }
        /// Whether there is anything to place.
        public var hasWork: Bool { wanted + endings > 0 || hasIncidentWork }
        /// Whether incidents have something done, within their own bounds.
        public var hasIncidentWork: Bool { plans.contains { $0.underIncidents > 0 } }
        /// Incidents in which something remains to be done.
        public var incidents: [Incident] = []

        /// Certificates and orders ended by this pass.
        public var ended = 0
    }

    private let configuration: GatewayConfiguration
    private let synchronizer: DirectorySynchronizer
    private let planner: EnrollmentPlanner
    private let backends: BackendCARegistry
    private let desk: RuleDesk?
    private let onActivity: @Sendable (Activity) -> Void
    /// Where shared mailboxes are listed; asked only where a template is for them.
    public var exchange: (@Sendable () throws -> ExchangeAdminClient)?
    /// Why nothing follows from the time of this machine now; nil where something may.
    public var clockSign: @Sendable () -> String? = { nil }

    public init(
        configuration: GatewayConfiguration, synchronizer: DirectorySynchronizer, planner: EnrollmentPlanner,
        backends: BackendCARegistry, rules desk: RuleDesk? = nil,
        onActivity: @escaping @Sendable (Activity) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.synchronizer = synchronizer
        self.planner = planner
        self.backends = backends
        self.desk = desk
        self.onActivity = onActivity
    }

    /// Brings directory and verdicts up to date; orders nothing.
    ///
    /// - Parameter advancing: whether the next people of incidents begin; not for who only looks.
    public func plan(advancing: Bool = true) async throws -> Report {
        try await evaluate(try await readDirectory(), advancing: advancing)
    }

    /// Brings the mirror of each template's group up to date.
    public func readDirectory() async throws -> Report {
        var report = Report()
        let templates = try await planner.planned(configuration)
        // Whoever orders for requests alone has nobody to plan for.
        report.templates = configuration.allTemplates.count(where: \.enabled)
        var mailboxes: Result<SynchronizationReport, any Error>?
        // Since when somebody is away is noted with mailboxes: the answers of the tenant about people tell the time before.
        for template in templates.filter({ !$0.needsMailboxes }) + templates.filter(\.needsMailboxes) {
            try await attempt(template, &report) { report in
                onActivity(.readingDirectory(template: template.name))
                if template.needsMailboxes {
                    let listed = if let mailboxes { mailboxes } else { await readMailboxes() }
                    mailboxes = listed
                    let found = try listed.get()
                    if template.group == TemplateConfiguration.allMailboxes {
                        return report.directory.append((template.name, found))
                    }
                }
                let read = try await synchronizer.synchronize(group: template.group, nested: template.nested)
                report.directory.append((template.name, read))
            }
        }
        return report
    }

    /// Brings the mirror up to date for the people of one template.
    ///
    /// - Throws: `GraphError`, `StoreError`.
    public func read(_ template: TemplateConfiguration) async throws {
        if template.needsMailboxes { _ = try await readMailboxes().get() }
        // Exchange lists them all: there is no group of that name to ask for.
        guard template.group != TemplateConfiguration.allMailboxes else { return }
        _ = try await synchronizer.synchronize(group: template.group, nested: template.nested)
    }

    private func readMailboxes() async -> Result<SynchronizationReport, any Error> {
        do {
            guard let exchange else { throw GraphError(.configuration, "Exchange Online is not at hand here") }
            if let sign = clockSign() { throw GraphError(.configuration, sign) }
            return .success(try await synchronizer.synchronizeMailboxes(exchange()))
        } catch {
            return .failure(error)
        }
    }

    /// Brings the verdicts up to date.
    ///
    /// - Parameter directory: what `readDirectory` gave. A template whose group could not be read is left as it is: whoever
    ///   has left since would get an order.
    /// - Parameter advancing: as in `plan`.
    /// - Throws: `StoreError`, `EnrollmentError` while this machine's clock cannot be trusted: what is noted by it is not taken back.
    public func evaluate(_ directory: Report, advancing: Bool = true) async throws -> Report {
        if let sign = clockSign() { throw EnrollmentError(sign) }
        var report = directory
        // Whose time is over is decided on as such.
        try await planner.ledger.noteExpiries(under: planner.lease)
        let desk = planner.incidentDesk
        report.incidents = try await advancing ? desk.advance() : desk.store.open()
        let read = Set(directory.directory.map(\.template))
        let templates = try await planner.planned(configuration)
        for template in templates where read.contains(template.name) {
            try await attempt(template, &report) { report in
                // What orders nothing need not fit anything.
                let product =
                    template.enabled
                    ? try backends.fittingProduct(of: template, at: planner.clock.now())
                    : backends.product(of: template)
                let rules = template.enabled ? try self.desk?.rules(for: template, at: planner.clock.now()) : nil
                let targets = targets(of: report.incidents, template, &report)
                var summary = try await planner.plan(template, product: product, rules: rules, targets: targets) {
                    onActivity(.planning(template: template.name, people: $0))
                }
                if let lack = rules?.lack { summary.warnings.append("template \(template.name): \(lack)") }
                report.plans.append(summary)
            }
        }
        try await OrderConsent.forgetEndings(on: planner.database) { try await planner.plannedOrders(of: templates) }
        report.spending = try await spending()
        return report
    }

    /// Notes a failure and lets the other templates go on.
    private func attempt(
        _ template: TemplateConfiguration, _ report: inout Report, _ body: (inout Report) async throws -> Void
    ) async throws {
        do {
            try await body(&report)
        } catch let error as CancellationError {
            throw error
        } catch {
            report.failures.append(UnplannedTemplate(template.name, error))
        }
    }

    /// Puts what a plan wants to order and to end into the ledger, unless it is over the limit. By a consent to certain orders and ends
    /// these are placed and no others; what has joined the plan since waits for the next one.
    ///
    /// - Parameter consent: what a person has agreed to; nil for the configured limit.
    public func place(_ report: Report, consent: OrderConsent?) async throws -> Report {
        var report = report
        // Somebody may have ordered by hand since the plan was made.
        if configuration.hasPrices, report.wanted > 0 { report.spending = try await spending() }
        let limits = PlanLimits(report.plans, configuration.limits, report.spending)
        let approved = consent?.planned
        var stops: [String] = []
        try await placeIncidents(&report)
        // A certificate that must go does not wait for a consent to orders.
        for plan in report.plans where plan.toEnd > 0 {
            guard let template = configuration.template(plan.template) else { continue }
            report.ended += try await planner.end(
                template, approved == nil ? limits.endings(of: plan.template) : PlannedAction.withdrawals,
                product: backends.product(of: template), approved: approved)
        }
        if approved == nil { stops += limits.endingSentences }
        if let consent, approved == nil, !consent.covers(report.wanted, limits.overBudget) {
            let isMoney = report.wanted <= consent.orders
            stops += isMoney ? limits.orderSentences : [Self.overLimit(report.wanted, consent.orders)]
        } else {
            for plan in report.plans where plan.toOrder > 0 {
                var actions = PlannedAction.purchases
                if consent == nil {
                    if limits.stop(ordersOf: plan.template) != nil { continue }
                    if limits.stop(replacementsOf: plan.template) != nil { actions.remove(.replace) }
                }
                guard let template = configuration.template(plan.template) else { continue }
                report.planned += try await planner.order(
                    template, limit: plan.toOrder, actions, approved: approved,
                    within: consent == nil ? budgets(of: template) : [])
            }
            if consent == nil { stops += limits.orderSentences }
        }
        let remaining = try await remaining(of: report.plans)
        if approved != nil {
            stops = PlanLimits(remaining, configuration.limits, try await spending()).sentences
        }
        (report.remaining, report.overLimit) = (remaining, stops)
        return report
    }

    /// What plans want once they were placed.
    private func remaining(of plans: [PlanSummary]) async throws -> [PlanSummary] {
        var remaining = plans
        for index in remaining.indices {
            guard let template = configuration.template(remaining[index].template) else { continue }
            remaining[index].takeWork(from: try await planner.last(template))
        }
        return remaining
    }

    /// What orders of a template may cost by themselves.
    private func budgets(of template: TemplateConfiguration) -> [SpendingBound] {
        SpendingBound.budgets(of: template, configuration.limits, at: planner.clock.now())
    }

    private func spending() async throws -> Spending {
        try await Spending.read(planner.ledger, for: configuration, at: planner.clock.now())
    }

    /// What incidents want is bounded by what the person has agreed to who started them.
    private func placeIncidents(_ report: inout Report) async throws {
        // Somebody may have paused one since the plan was made.
        let open = report.hasIncidentWork ? try await planner.incidentDesk.store.open() : []
        let running = open.filter { $0.state == .running }
        let finishing = open.filter { $0.state != .paused }
        for plan in report.plans where plan.underIncidents > 0 {
            guard let template = configuration.template(plan.template) else { continue }
            if !finishing.isEmpty {
                report.ended += try await planner.end(
                    template, product: backends.product(of: template), for: finishing)
            }
            if !running.isEmpty {
                report.planned += try await planner.order(template, limit: .max, for: running)
            }
        }
    }

    /// What incidents order for the people of a template where it is not what the template says. One whose CA or product cannot be used
    /// orders nothing, and that is said.
    private func targets(
        of incidents: [Incident], _ template: TemplateConfiguration, _ report: inout Report
    ) -> [Int64: IncidentTarget] {
        var targets: [Int64: IncidentTarget] = [:]
        for incident in incidents where incident.hasTarget {
            do {
                targets[incident.id] = try IncidentTarget(
                    of: incident, template, backends, desk, at: planner.clock.now())
            } catch {
                report.failures.append(
                    UnplannedTemplate(template.name, reason: "\(incident.sentence) orders nothing: \(error)"))
            }
        }
        return targets
    }

    /// Why nothing is ended by itself, and what to do; nil where the plans are within the limits.
    ///
    /// - Parameter withOlder: whether what was replaced long ago counts as well.
    public static func endingsOverLimit(
        _ plans: [PlanSummary], _ limits: LimitsConfiguration, withOlder: Bool = false
    ) -> String? {
        let next = PlanLimits.next
        if let plan = plans.first(where: \.losesHalf) {
            return
                "template \(plan.template): \(Plural(plan.toLose, "person", "people")) would lose the certificate, half of all or "
                + "more: if that is meant, \(next)"
        }
        let endings = plans.reduce(0) { $0 + $1.toLose + (withOlder ? $1.older : 0) }
        guard endings > limits.endingsPerRun else { return nil }
        return
            "the plan ends \(Plural(endings, "certificate")), \(limits.endingsPerRun) may end at once: \(next), or raise "
            + "limits.endingsPerRun"
    }

    /// Why a plan is not placed by itself, and what to do.
    public static func overLimit(_ wanted: Int, _ allowed: Int) -> String {
        "the plan has \(Plural(wanted, "new order")), \(allowed) \(allowed == 1 ? "is" : "are") allowed at once: "
            + "\(PlanLimits.next) or 'certway run --once --accept-orders \(wanted)', or raise limits.ordersPerRun"
    }

    /// Makes sure that the product fits the template, for whoever orders beside the plan.
    ///
    /// - Throws: `EnrollmentError` with what does not fit.
    public func requireFit(of template: TemplateConfiguration) throws {
        _ = try backends.fittingProduct(of: template, at: planner.clock.now())
    }
}
