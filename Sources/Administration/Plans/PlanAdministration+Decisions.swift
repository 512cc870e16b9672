// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import JSONDocuments
import Ledger
public import Planning
import Records
import Settings
import SignIn
import Store

extension PlanAdministration {
    /// The part of a plan that somebody decides about.
    public struct Part: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            case orders, endings
        }

        /// Nil for all.
        public var templates: Set<String>?
        /// Nil for both.
        public var kind: Kind?

        public init(templates: Set<String>? = nil, kind: Kind? = nil) {
            (self.templates, self.kind) = (templates, kind)
        }
    }

    /// Consents to the plan that was looked at, or to a part of it; the service carries it out with its next look.
    ///
    /// - Parameters:
    ///   - fingerprint: of the plan that was looked at.
    ///   - count: orders and ends of the part together, as the person has typed them.
    ///   - isDryRun: whether to tell only what the consent would be to.
    /// - Throws: `Obstacle` for a plan that has changed since, that needs no consent, or that the caller has caused and another one has
    ///   to look at; `SettingsError` for a count that is another.
    public func approve(
        fingerprint: String, count: Int, _ part: Part = Part(), isDryRun: Bool
    ) async throws -> OrderConsent {
        let wish = Entrance.Wish(.approvePlan, AuditObject(.plan, fingerprint))
        return try await entrance.pass(.approvePlan, to: wish, isDryRun ? .byTheUseCase : .all) {
            let plan = try await last()
            try plan.requireDecidable()
            if let own = try await gateway.ownChange(of: plan, by: caller) { throw own }
            try await requirePresent(fingerprint)
            let chosen = try await planned(part)
            guard !chosen.marks.isEmpty else { throw Obstacle("nothing of the plan is of that part") }
            guard count == chosen.marks.count else {
                throw SettingsError(
                    "count: found \(count), expected \(chosen.marks.count): \(Plural(chosen.orders, "new order")) and "
                        + "\(Plural(chosen.endings, "end", "ends")), which is what you consent to", at: .commandLine)
            }
            let consent = OrderConsent(actor: caller.name, grantedAt: gateway.ledger.clock.now(), to: chosen)
            if !isDryRun { try await consent.grant(on: gateway.database) }
            return consent
        }
    }

    /// Says no to the plan that was looked at: a consent that waits is void, and the audit trail has who did not want it, and why. What is
    /// over a limit goes on waiting; the next plan is another one as soon as anything changes.
    ///
    /// - Returns: the consent that is void now; nil where none waited.
    /// - Throws: as `approve`.
    public func deny(
        fingerprint: String, because cause: String, isDryRun: Bool
    ) async throws -> OrderConsent? {
        let wish = Entrance.Wish(.denyPlan, AuditObject(.plan, fingerprint), because: cause)
        return try await entrance.pass(.approvePlan, to: wish, isDryRun ? .byTheUseCase : .all) {
            try await last().requireDecidable()
            try await requirePresent(fingerprint)
            guard !isDryRun else { return try await OrderConsent.pending(on: gateway.database) }
            return try await OrderConsent.void(fingerprint, by: caller.name, because: cause, on: gateway.database)
        }
    }

    private var entrance: Entrance { Entrance(caller, gateway.ledger.audit) }

    private func requirePresent(_ fingerprint: String) async throws {
        let present = try await planned()
        guard present.fingerprint != fingerprint else { return }
        throw Obstacle(
            "the plan is another one by now: \(present.fingerprint), and \(fingerprint) was looked at",
            instead: "look at the plan again, and decide about that")
    }

    private func planned(_ part: Part) async throws -> PlannedOrders {
        let configuration = gateway.configuration
        if let unknown = part.templates?.first(where: { configuration.template($0) == nil }) {
            throw SettingsError.unknown("template", unknown, configuration.templates.map(\.name))
        }
        let templates = try await gateway.planner.planned(configuration).filter {
            part.templates?.contains($0.name) ?? true
        }
        let all = try await gateway.planner.plannedOrders(of: templates)
        return switch part.kind {
        case .orders: all.onlyOrders
        case .endings: all.onlyEndings
        case nil: all
        }
    }
}

extension Gateway {
    /// For so long whoever has changed a template does not consent alone to what follows from it.
    private static var ownTime: TimeInterval { 7 * 86_400 }

    /// Why the caller may not approve what the caller has caused, or who behind a token may be the one who has; nil where `limits.secondPerson` does not ask for another one, or
    /// the caller has changed nothing of the templates that are concerned. A look at the audit trail for each.
    func ownChange(of plan: PlanOverview, by caller: Caller) async throws -> Obstacle? {
        guard !plan.overLimits.isEmpty else { return nil }
        return try await ownChange(
            of: plan.templates.map(\.summary).filter { $0.toOrder > 0 || $0.toEnd > 0 }.map(\.template), by: caller)
    }

    /// The same where a consent is given in another way than to a plan that was looked at.
    ///
    /// - Parameter templates: those by which something would be ordered or ended.
    public func ownChange(of templates: [String], by caller: Caller) async throws -> Obstacle? {
        guard configuration.limits.secondPerson else { return nil }
        guard caller.isPerson else {
            return Obstacle(
                "the consent of a second person is a person's, and who has this token is not known",
                instead: "sign in at the console, or use 'certway plan approve' on the gateway's machine")
        }
        let concerned = templates.map { "templates/\($0)" }
        // Who is in a template, policies say as well, also those that are gone.
        let objects = Set(concerned + ["limits/\(ConfigurationStore.single)"])
        let filter = AuditFilter(
            actions: [AuditAction.applyConfiguration.rawValue], outcome: .done, from: ledger.clock.now() - Self.ownTime)
        let own = try await APIToken.names(madeBy: caller, among: tokens.all())
        var next: ListCursor?
        repeat {
            let page = try await ledger.audit.records(filter, ListRequest(after: next, limit: 200))
            next = page.next
            for change in page.items where objects.contains(change.objectID) || change.objectID.hasPrefix("policies/") {
                // What somebody else has changed since does not undo it.
                guard caller.isAuthor(of: change, tokens: own) else { continue }
                let what = change.objectID.replacing("/", with: " ")
                return Obstacle(
                    "you changed \(what) at \(change.at.ISO8601Format()): another administrator must approve",
                    instead: "ask another administrator to look at the plan")
            }
        } while next != nil
        return nil
    }
}
