// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger
import PKIX
import Planning
import Settings

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
        public static func people(_ words: [String], list: String?) -> [String] { NamedPeople.words(words, list: list) }
    }

    private let gateway: Gateway
    private let actor: String

    /// - Parameter actor: who acts, for the record.
    public init(_ gateway: Gateway, actor: String) {
        self.gateway = gateway
        self.actor = actor
    }

    /// What would be ordered, for whom, at which price, and who is refused and why. Reads the directory first; orders nothing.
    ///
    /// - Throws: `SettingsError` for a template that there is not or is switched off, and for a choice that does not fit it; `GraphError`.
    public func propose(_ wish: Wish) async throws -> EnrollReport {
        let template = try template(wish)
        let graph = try gateway.graphClient()
        try gateway.pass(graph).requireFit(of: template.adjusted(by: wish.choice))
        await gateway.lookAtAuthorities()
        let synchronizer = gateway.synchronizer(graph)
        _ = try await synchronizer.synchronize(group: template.group, nested: template.nested)
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
            proposals: found + nobody, stops: stops.all, notes: stops.some,
            limit: PlanLimits.byHand(
                orders, template.adjusted(by: wish.choice), gateway.configuration.limits, spending))
    }

    /// Orders what was proposed.
    ///
    /// - Parameter consent: to what is over a limit; nil for none.
    /// - Throws: `SettingsError` for what is over a limit without it, and while something stands against every order.
    public func enroll(_ report: EnrollReport, consent: OrderConsent?) async throws -> EnrollReport {
        var report = report
        if let stop = report.stops.first { throw SettingsError(stop, at: .state) }
        if let limit = report.limit, !(consent?.covers(report.orders, limit.overBudget) ?? false) {
            throw SettingsError("\(limit.reason): \(report.acceptance) says that you mean them", at: .commandLine)
        }
        report.made = try await gateway.planner.enroll(report.proposals)
        return report
    }

    private func template(_ wish: Wish) throws -> TemplateConfiguration {
        let configuration = gateway.configuration
        guard let template = configuration.template(wish.template) else {
            throw SettingsError.unknown("template", wish.template, configuration.templates.map(\.name))
        }
        guard template.enabled else {
            throw SettingsError("template \(template.name) is switched off: nothing is ordered by it", at: .state)
        }
        let logon = CertificatePurpose.clientAuthentication
        if let purpose = wish.choice.purpose, purpose != template.purpose, [purpose, template.purpose].contains(logon) {
            throw SettingsError(
                "template \(template.name) has purpose \(template.purpose.rawValue), and names for logon are others than for mail: use a "
                    + "template of that purpose", at: .commandLine)
        }
        return template
    }
}
