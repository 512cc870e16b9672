// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Foundation
import Ledger
import Records
import Settings
import YAMLDocuments

extension EnrollmentPlanner {
    /// What orders by hand would be for some people, by the rules that the plan has: eligibility, addresses, rules of certificates and
    /// what they have had before. Orders nothing.
    ///
    /// - Parameters:
    ///   - people: object ids, each with the word it was found by.
    ///   - template: as configured.
    ///   - choice: what is chosen in place of what it says.
    ///   - outside: whether people beside the group may be enrolled.
    ///   - until: when what is chosen, or their inclusion, ends; nil for no end.
    ///   - actor: who decides, for the record.
    ///   - cause: why.
    /// - Throws: `StoreError`; `GraphError` as `plan`; what `facts` throws.
    public func propose(
        _ people: [(word: String, id: String)], _ template: TemplateConfiguration, _ choice: OrderChoice, outside: Bool,
        until: Date?, by actor: String, because cause: String
    ) async throws -> [EnrollmentProposal] {
        try await mirror.requireAddresses()
        var choice = choice
        if choice.product != nil { choice.backendCA = template.backendCA }
        let adjusted = template.adjusted(by: choice)
        let (product, orderRules) = try facts?(adjusted) ?? (nil, nil)
        let rules = EnrollmentRules(template: adjusted, product: product, rules: orderRules)
        let ids = people.map(\.id)
        let members = try await self.known(ids, template)
        let strangers = members.filter { !($0.member?.isPresent ?? false) }.map(\.id)
        let outsiders = Dictionary(
            try await mirror.peopleAsMembers(ids: strangers).map { ($0.person.id, $0) },
            uniquingKeysWith: { first, _ in first })
        let standings = try await ledger.standings(template: template.name, subscriberIDs: ids)
        let exceptions = try await exceptions.inForce(template.name, ids)
        await orderRules?.look(for: members.compactMap(\.member) + Array(outsiders.values))
        let now = clock.now()
        return zip(people, members).map { person, entry in
            let isMember = entry.member?.isPresent ?? false
            let member = isMember ? entry.member : outsiders[person.id.lowercased()] ?? entry.member
            let (standing, exception) = (standings[person.id], exceptions[person.id.lowercased()])
            let name = member?.person.userPrincipalName ?? standing?.userPrincipalName ?? ""
            func refused(_ reason: String) -> EnrollmentProposal {
                EnrollmentProposal(
                    word: person.word, id: person.id, name: name, isOutside: !isMember, refusal: reason)
            }
            if let exception, exception.kind == .leaveOut {
                return refused("\(exception.sentence); 'certway exception end' ends that")
            }
            guard isMember || outside || exception != nil || member?.isDeleted == true else {
                return refused(
                    "is not in the group of template \(template.name): --outside-group enrolls people beside it")
            }
            if let reason = Self.obstacle(standing, at: now) { return refused(reason) }
            switch rules.find(member) {
            case .left(let reason): return refused(member == nil ? "is not known to the tenant" : reason)
            case .excluded(let reason): return refused(reason)
            case .entitled(let names, let warning, _):
                var order = NewOrder(
                    adjusted, subscriberID: person.id, userPrincipalName: name, names: names.json,
                    replaces: standing?.stage == .active ? standing?.orderID : nil,
                    newestKnown: standing?.newestOrderID ?? 0, reason: "enrolled by \(actor): \(cause)")
                order.actor = AuditActor(named: actor)
                // Without it the next pass would take the order back, or renew by other terms.
                let isException = !isMember || !choice.isEmpty
                return EnrollmentProposal(
                    word: person.word, id: person.id, name: name, names: names, isOutside: !isMember,
                    warning: warning, order: order,
                    exception: isException
                        ? EnrollmentException(
                            template: template.name, subscriberID: person.id, userPrincipalName: name, kind: .include,
                            until: until, cause: cause, actor: actor, createdAt: now, choice: choice) : nil)
            }
        }
    }

    /// What there is already.
    private static func obstacle(_ standing: SubscriberStanding?, at now: Date) -> String? {
        guard let standing else { return nil }
        if standing.stage.isOpen { return "has the order \(standing.reference) under way, \(standing.stage.rawValue)" }
        guard standing.stage == .active, let end = standing.notAfter, end > now else { return nil }
        return "has a certificate of order \(standing.reference), valid until \(CalendarDay.text(end))"
    }

    /// Puts what was proposed on record: exceptions first, so that whoever plans meanwhile does not take the orders back, then the
    /// orders. A process that ends between the two leaves people whom the next plan orders for, once.
    ///
    /// - Parameter bounds: what the orders may cost together; what goes beyond, because of an order since the proposal, is left out.
    /// - Returns: the orders made; who has got another one since the proposal is left out.
    /// - Throws: `StoreError`.
    public func enroll(
        _ proposals: [EnrollmentProposal], within bounds: [SpendingBound] = []
    ) async throws -> [Order] {
        try await exceptions.put(proposals.compactMap { $0.isRefused ? nil : $0.exception })
        StageBoundary.exceptionNoted.pass()
        let new = proposals.compactMap(\.order)
        var made: [Order] = []
        for start in stride(from: 0, to: new.count, by: Self.pageSize) {
            made += try await ledger.plan(batch: Array(new[start...].prefix(Self.pageSize)), within: bounds).made
        }
        for (template, orders) in Dictionary(grouping: made, by: \.template) {
            try await decisions.markCovered(template: template, subscribers: orders.map(\.subscriberID))
        }
        return made
    }
}
