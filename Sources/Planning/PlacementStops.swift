// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Ledger
public import Settings

/// What keeps new orders from leaving beyond the next pass, as the gateway's folder shows it: each one sentence with the next
/// step. Nobody promises the next pass where one of these stands.
public struct PlacementStops: Sendable {
    /// What stands against every new order.
    public var everything: String?
    /// Why the plan is not placed before a person consents.
    public var plan: String?
    /// What stands against the orders of a template, by its name.
    public var templates: [String: String] = [:]
    /// What stands against those of a backend CA, by its name, whether they are planned or in the ledger.
    public var backendCAs: [String: String] = [:]
    /// The templates that something stands against only until a person consents.
    private var limited: Set<String> = []
    /// Which backend CA a template orders at.
    private var routes: [String: String] = [:]

    public init(everything: String? = nil) { self.everything = everything }

    /// What somebody waits for who is to get an order by a template; nil for the next pass alone.
    public func reason(template: String) -> String? {
        everything ?? templates[template] ?? plan ?? routes[template].flatMap { backendCAs[$0] }
    }

    /// What stands against the orders of a template beside the consent of a person; nil for nothing.
    public func obstacle(template: String) -> String? {
        everything ?? (limited.contains(template) ? nil : templates[template])
            ?? routes[template].flatMap { backendCAs[$0] }
    }

    /// Why the orders of a template wait for a person's consent, or for another budget; nil where they do not.
    public func consent(template: String) -> String? {
        (limited.contains(template) ? templates[template] : nil) ?? plan
    }

    /// What an order in the ledger waits for that has not left; nil where nothing keeps it.
    public func reason(backendCA: String) -> String? { everything ?? backendCAs[backendCA] }
}

extension PlacementStops {
    /// Reads plan, consent and stops from the database; asks nobody, and makes no connector.
    ///
    /// - Parameter everything: what is known to stand against every new order.
    public static func read(
        _ configuration: GatewayConfiguration, _ planner: EnrollmentPlanner, everything: String?, at date: Date
    ) async throws -> PlacementStops {
        var stops = PlacementStops(everything: everything)
        for template in configuration.templates {
            stops.routes[template.name] = template.backendCA
            guard !template.enabled else { continue }
            stops.templates[template.name] = "template \(template.name) is switched off: nothing is ordered by it"
        }
        stops.backendCAs = try await backendCAs(configuration, planner.ledger)
        try await stops.noteConsent(configuration, planner, at: date)
        return stops
    }

    /// What stands against new orders of each backend CA, by its name.
    public static func backendCAs(
        _ configuration: GatewayConfiguration, _ ledger: OrderLedger
    ) async throws -> [String: String] {
        var causes: [String: String] = [:]
        let isDoubted = try await RestoreDoubt.current(ledger) != nil
        for name in Set(configuration.templates.map(\.backendCA) + (try await ledger.backendCAs())) {
            if let content = try await ledger.stopped(.acceptedRoots, of: name),
                let stop = SubmissionStop(json: content)
            {
                causes[name] = stop.cause
            } else if isDoubted, let cause = try await ledger.stopped(.olderCopy, of: name)?.string {
                causes[name] = cause
            } else if try await ledger.stopped(.firstCertificate, of: name) != nil {
                causes[name] =
                    "new orders leave once the first certificate of backend CA \(name) is accepted: 'certway order list "
                    + "--backend-ca \(name)' shows which orders it has"
            }
        }
        return causes
    }

    /// Notes why the plan, or a part of it, waits for a person.
    private mutating func noteConsent(
        _ configuration: GatewayConfiguration, _ planner: EnrollmentPlanner, at date: Date
    ) async throws {
        let templates = configuration.templates.filter(\.enabled)
        var plans: [PlanSummary] = []
        for template in templates { plans.append(try await planner.last(template)) }
        let spending = try await Spending.read(planner.ledger, for: configuration, at: date)
        let limits = PlanLimits(plans, configuration.limits, spending)
        let wanted = plans.reduce(0) { $0 + $1.toOrder }
        guard !limits.orderSentences.isEmpty else { return }
        let next = PlanLimits.next
        let consent = try await OrderConsent.pending(on: planner.database).flatMap { date < $0.expiresAt ? $0 : nil }
        guard let consent else {
            plan = limits.orders.map { Self.plain($0, next) }
            return templates.forEach { keep($0.name, limits.templateOrders[$0.name].map { Self.plain($0, next) }) }
        }
        let sentence = limits.orderSentences[0].prefix { $0 != ":" }
        let general = limits.orders == nil ? "the plan waits" : "\(sentence)"
        guard let approved = consent.planned else {
            guard !consent.covers(wanted, limits.overBudget) else { return }
            plan = "\(general), and \(consent.actor) has consented to \(consent.sentence): \(next)"
            return
        }
        let covered = try await planner.plannedOrders(of: templates).marks.intersection(approved.marks).count
        guard covered < wanted, wanted - covered > configuration.limits.ordersPerRun || covered == 0 else { return }
        plan =
            "\(general), and \(consent.actor) has consented to \(covered) of them, which are placed next: for the others \(next)"
    }

    private mutating func keep(_ template: String, _ reason: String?) {
        guard let reason, templates[template] == nil else { return }
        templates[template] = reason
        limited.insert(template)
    }

    /// Without what only an administrator at a terminal may do.
    private static func plain(_ sentence: String, _ next: String) -> String {
        guard let end = sentence.range(of: ": look at ") else { return sentence }
        return "\(sentence[..<end.lowerBound]): \(next)"
    }
}
