// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger
import PKIX
import Planning
import Records
import Settings
import Store

/// Orders for people who are named one by one, by the rules of the plan.
public struct EnrollAdministration: Sendable {
    /// What is wanted.
    public struct Wish: Sendable {
        public var people: [String]
        public var template: String
        public var choice = OrderChoice()
        /// Whether people beside the template's group may be enrolled.
        public var outside = false
        public var until: Date?
        public var cause: String

        public init(people: [String], template: String, because cause: String) {
            (self.people, self.template, self.cause) = (people, template, cause)
        }

        /// Words of a command line, and a list: a person a line, `#` begins a remark.
        public static func people(_ words: [String], list: String?) -> [String] {
            words.filter { !$0.isEmpty } + InputFile.lines(of: list ?? "")
        }
    }

    private let gateway: Gateway
    private let caller: Caller
    private var actor: String { caller.name }

    /// - Parameter caller: who acts, for the record.
    public init(_ gateway: Gateway, caller: Caller) {
        self.gateway = gateway
        self.caller = caller
    }

    /// What would be ordered, for whom, at which price, and who is refused and why. Reads the directory first; orders nothing.
    ///
    /// - Throws: `SettingsError` for a template that there is not or is switched off, and for a choice that does not fit it; `GraphError`.
    public func propose(_ wish: Wish) async throws -> EnrollReport {
        try await entrance.pass(.placeOrder, to: refusable(wish.template, wish.people, wish.cause)) {
            try await look(wish)
        }
    }

    private var entrance: Entrance { Entrance(caller, gateway.ledger.audit) }

    /// What a refusal says: of several people their number.
    private func refusable(_ template: String, _ people: [String], _ cause: String) -> Entrance.Wish {
        Entrance.Wish(
            .placeOrder, AuditObject(.configuration, "templates/\(template)"),
            person: people.count == 1 ? people[0] : nil,
            because: people.count == 1 ? cause : "\(Plural(people.count, "person", "people")): \(cause)")
    }

    private func look(_ wish: Wish) async throws -> EnrollReport {
        let template = try template(wish)
        let graph = try gateway.graphClient()
        let pass = gateway.pass(graph)
        try pass.requireFit(of: template.adjusted(by: wish.choice))
        await gateway.lookAtAuthorities()
        let synchronizer = gateway.synchronizer(graph)
        try await pass.read(template)
        let named = NamedPeople(mirror: gateway.mirror)
        var meanings: [(word: String, meaning: NamedPeople.Meaning)] = []
        for word in wish.people { meanings.append((word, try await named.meaning(word))) }
        var ids: [(word: String, id: String)] = []
        for case (let word, .person(let id)) in meanings where !ids.contains(where: { $0.id == id }) {
            ids.append((word, id))
        }
        if wish.outside { try await synchronizer.learn(Set(ids.map(\.id))) }
        let found = try await gateway.planner.propose(
            ids, template, wish.choice, outside: wish.outside, until: wish.until, by: actor, because: wish.cause)
        let nobody = meanings.compactMap { entry -> EnrollmentProposal? in
            guard case .nobody(let reason) = entry.meaning else { return nil }
            return EnrollmentProposal(word: entry.word, refusal: reason)
        }
        let stops = try await gateway.stops(graph)
        let spending = try await Spending.read(
            gateway.ledger, for: gateway.configuration, at: gateway.ledger.clock.now())
        let orders = found.count { !$0.isRefused }
        return EnrollReport(
            wish: wish, proposals: found + nobody, stops: stops.all, notes: stops.some,
            limit: PlanLimits.byHand(
                orders, template.adjusted(by: wish.choice), gateway.configuration.limits, spending))
    }

    /// Orders what was proposed.
    ///
    /// - Parameter consent: to what is over a limit; nil for none.
    /// - Throws: `SettingsError` for what is over a limit without it, and while something stands against every order.
    public func enroll(_ report: EnrollReport, consent: OrderConsent?) async throws -> EnrollReport {
        try await entrance.pass(
            .placeOrder, to: refusable(report.wish.template, report.wish.people, report.wish.cause), .all
        ) {
            var report = report
            if let stop = report.stops.first { throw SettingsError(stop, at: .state) }
            if let limit = report.limit, !(consent?.covers(report.orders, limit.overBudget) ?? false) {
                throw SettingsError("\(limit.reason): \(report.acceptance) says that you mean them", at: .commandLine)
            }
            // Ordering for people by name is no way around the consent of another person: who names them would consent alone.
            if let limit = report.limit, gateway.configuration.limits.secondPerson, !caller.isAtCommandLine {
                throw Obstacle(
                    "\(limit.reason), and limits.secondPerson asks for two: who names people cannot consent alone",
                    instead:
                        "take them into the group and let another administrator approve the plan, or name fewer; or use 'certway "
                        + "enroll' on the gateway's machine")
            }
            if report.limit != nil, let own = try await gateway.ownChange(of: [report.wish.template], by: caller) {
                throw own
            }
            // A person's word holds for what was shown, whatever was spent since.
            let bounds =
                consent == nil
                ? try SpendingBound.budgets(
                    of: template(report.wish), gateway.configuration.limits, at: gateway.ledger.clock.now()) : []
            report.made = try await gateway.planner.enroll(report.proposals, within: bounds)
            try await noteRefused(report)
            return report
        }
    }

    /// Who is refused of those who were named stands in the audit trail, as somebody wanted it.
    private func noteRefused(_ report: EnrollReport) async throws {
        let entries = report.refused.map { proposal in
            AuditEntry(
                .placeOrder, AuditObject(.configuration, "templates/\(report.wish.template)"),
                by: AuditActor(named: actor), person: proposal.userPrincipalName, outcome: .refused,
                reason: "\(report.wish.cause); refused: \(proposal.refusal ?? "")")
        }
        guard !entries.isEmpty else { return }
        try await gateway.database.write { try AuditTrail.record(entries, on: $0) }
    }

    private func template(_ wish: Wish) throws -> TemplateConfiguration {
        let configuration = gateway.configuration
        let template = try configuration.templateOfPeople(wish.template)
        guard template.enabled else {
            throw SettingsError("template \(template.name) is switched off: nothing is ordered by it", at: .state)
        }
        if let purpose = wish.choice.purpose, purpose != template.purpose,
            !(purpose.isForMail && template.purpose.isForMail)
        {
            throw SettingsError(
                "template \(template.name) has purpose \(template.purpose.rawValue), and its names are others than those for mail: use a "
                    + "template of that purpose", at: .commandLine)
        }
        return template
    }
}
