// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Directory
import Foundation
import JSONDocuments
import Settings

/// One pass of the gateway: look at the directory, plan, order within the limits, work on what is due.
public struct EnrollmentPass: Sendable {
    /// What the pass is doing, for a person who watches.
    public enum Activity: Sendable {
        case readingDirectory(template: String)
        case planning(template: String, people: Int)
        case working(EnrollmentEngine.Progress)
    }

    /// What a pass found and did.
    public struct Report: Sendable {
        public var plans: [PlanSummary] = []
        public var directory: [(template: String, report: SynchronizationReport)] = []
        /// Orders made in the ledger by this pass.
        public var planned = 0
        /// Orders that became active in this pass.
        public var activated = 0
        /// What kept a template from being looked at, one sentence each; the others went on.
        public var problems: [String] = []
        /// Why nothing new was ordered although something is to be; nil when nothing stands in the way.
        public var overLimit: String?
    }

    private let configuration: GatewayConfiguration
    private let synchronizer: DirectorySynchronizer
    private let planner: EnrollmentPlanner
    private let backends: BackendCARegistry
    private let onActivity: @Sendable (Activity) -> Void

    public init(
        configuration: GatewayConfiguration, synchronizer: DirectorySynchronizer, planner: EnrollmentPlanner,
        backends: BackendCARegistry, onActivity: @escaping @Sendable (Activity) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.synchronizer = synchronizer
        self.planner = planner
        self.backends = backends
        self.onActivity = onActivity
    }

    private var templates: [TemplateConfiguration] { configuration.templates.filter(\.enabled) }

    /// Brings directory and verdicts up to date; orders nothing.
    public func plan() async throws -> Report {
        var report = Report()
        for template in templates {
            do {
                onActivity(.readingDirectory(template: template.name))
                let read = try await synchronizer.synchronize(group: template.group, nested: template.nested)
                report.directory.append((template.name, read))
                let summary = try await planner.plan(template, product: try product(of: template)) {
                    onActivity(.planning(template: template.name, people: $0))
                }
                report.plans.append(summary)
            } catch let error as CancellationError {
                throw error
            } catch {
                report.problems.append("template \(template.name): \(error)")
            }
        }
        return report
    }

    /// Plans, orders what the plan says unless it is over the limit, and works on all orders that are due.
    ///
    /// - Parameters:
    ///   - consented: number of new orders a person has agreed to; nil for the configured limit.
    ///   - deadline: until when to wait for orders that become due later; nil to return as soon as nothing is due.
    public func run(engine: EnrollmentEngine, consented: Int?, until deadline: Date?) async throws -> Report {
        var report = try await plan()
        let wanted = report.plans.reduce(0) { $0 + $1.toOrder }
        let allowed = consented ?? configuration.limits.ordersPerRun
        if wanted > allowed {
            report.overLimit =
                "the plan has \(wanted) new orders, \(allowed) are allowed at once: look at 'certway plan', then "
                + "'certway run --once --accept-orders \(wanted)', or raise limits.ordersPerRun"
        } else {
            for plan in report.plans where plan.toOrder > 0 {
                guard let template = configuration.template(plan.template) else { continue }
                report.planned += try await planner.order(template, limit: plan.toOrder)
            }
        }
        let before = engine.activated
        // A task of its own, so that cancelling the pass ends reading and planning but never a step of an order half way:
        // those end by `engine.stop()`.
        try await Task { try await engine.work(until: deadline) { onActivity(.working($0)) } }.value
        report.activated = engine.activated - before
        return report
    }

    /// What the profile knows about the template's product; one that it does not know, or that does not fit, is refused
    /// early.
    private func product(of template: TemplateConfiguration) throws -> ProductFacts? {
        if let facts = backends.product(of: template) {
            let objections = facts.objections(to: template, at: Date())
            guard objections.isEmpty else {
                throw EnrollmentError("product \(template.product): \(objections.joined(separator: "; "))")
            }
            return facts
        }
        // Without the backend CA nobody knows what the product needs, and verdicts would be wrong.
        if case .unusable(let reason)? = backends[template.backendCA] {
            throw EnrollmentError("backend CA \(template.backendCA): \(reason)")
        }
        guard case .ready(let backend)? = backends[template.backendCA], !backend.profile.products.isEmpty else {
            return nil
        }
        throw EnrollmentError(
            "\(template.backendCA) has no product \"\(template.product)\"; known: "
                + backend.profile.products.map(\.id).joined(separator: ", "))
    }
}
