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
    /// Which backend CA a template orders at.
    private var routes: [String: String] = [:]

    public init(everything: String? = nil) { self.everything = everything }

    /// What somebody waits for who is to get an order by a template; nil for the next pass alone.
    public func reason(template: String) -> String? {
        everything ?? templates[template] ?? plan ?? routes[template].flatMap { backendCAs[$0] }
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
        stops.plan = try await consent(configuration, planner, at: date)
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

    /// Why the plan, or a part of it, waits for a person; nil where none of it does.
    private static func consent(
        _ configuration: GatewayConfiguration, _ planner: EnrollmentPlanner, at date: Date
    ) async throws -> String? {
        let (templates, limit) = (configuration.templates.filter(\.enabled), configuration.limits.ordersPerRun)
        var wanted = 0
        for template in templates { wanted += try await planner.last(template).toOrder }
        guard wanted > limit else { return nil }
        let plan = "the plan has \(Plural(wanted, "new order")), \(limit) \(limit == 1 ? "is" : "are") allowed at once"
        let next = "look at 'certway plan', then 'certway plan approve'"
        guard let consent = try await OrderConsent.pending(on: planner.database), date < consent.expiresAt else {
            return "\(plan): \(next)"
        }
        guard let approved = consent.planned else {
            guard consent.orders < wanted else { return nil }
            return "\(plan), and \(consent.actor) has consented to \(consent.orders): \(next)"
        }
        let covered = try await planner.plannedOrders(of: templates).marks.intersection(approved.marks).count
        guard covered < wanted, wanted - covered > limit || covered == 0 else { return nil }
        return
            "\(plan), and \(consent.actor) has consented to \(covered) of them, which are placed next: for the others \(next)"
    }
}
