// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Enrollment
import Foundation
import Gateway
import Settings

/// What the gateway is about to do, and the consent to it.
public struct PlanAdministration: Sendable {
    private let gateway: Gateway
    private let actor: String

    /// - Parameter actor: who acts, for the record.
    public init(_ gateway: Gateway, actor: String) {
        self.gateway = gateway
        self.actor = actor
    }

    /// Reads the directory and compares it with the ledger; orders nothing.
    ///
    /// - Parameter limit: how many people to list per template and verdict.
    public func plan(
        limit: Int, onActivity: @escaping @Sendable (EnrollmentPass.Activity) -> Void = { _ in }
    ) async throws -> PlanOverview {
        let report = try await gateway.pass(try gateway.graphClient(), onActivity).plan()
        return try await overview(report.plans, report.problems, limit)
    }

    /// The plan as it was made last, by whoever made it; reads nobody but the ledger.
    public func last(limit: Int = 0) async throws -> PlanOverview {
        var plans: [PlanSummary] = []
        for template in gateway.configuration.templates where template.enabled {
            plans.append(try await gateway.planner.last(template))
        }
        return try await overview(plans, [], limit)
    }

    /// Consents to the new orders of the last plan: the service places them with its next look at the plan, once.
    ///
    /// - Parameter orders: how many at most, however they spread over the templates; nil for those of the plan as it is.
    /// - Returns: the consent.
    /// - Throws: `SettingsError` for a plan that needs none, or more than `orders`.
    public func approve(orders: Int?, at date: Date = Date()) async throws -> OrderConsent {
        let plan = try await last()
        guard plan.wanted > plan.allowed else {
            throw SettingsError(
                "the last plan has \(plan.wanted) new orders, \(plan.allowed) need no consent: nothing is to be approved"
            )
        }
        if let orders, orders < plan.wanted {
            throw SettingsError(
                "the last plan has \(plan.wanted) new orders, --orders \(orders) would not place them: say --orders "
                    + "\(plan.wanted), or see 'certway plan' for who they are")
        }
        let consent =
            orders.map { OrderConsent(actor: actor, grantedAt: date, orders: $0) }
            ?? OrderConsent(actor: actor, grantedAt: date, to: plan.templates.map(\.summary))
        try await consent.grant(on: gateway.database)
        return consent
    }

    private func overview(_ plans: [PlanSummary], _ problems: [String], _ limit: Int) async throws -> PlanOverview {
        var templates: [PlanOverview.Template] = []
        for plan in plans {
            func people(_ verdict: EnrollmentDecision.Verdict) async throws -> [EnrollmentDecision] {
                try await gateway.planner.decisions.decisions(template: plan.template, verdict: verdict, limit: limit)
            }
            templates.append(
                PlanOverview.Template(
                    summary: plan, toOrder: try await people(.order), waiting: try await people(.waiting),
                    ended: try await people(.ended), leftOut: try await people(.skipped)))
        }
        return PlanOverview(
            templates: templates, problems: problems, allowed: gateway.configuration.limits.ordersPerRun)
    }
}
