// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Foundation
import Ledger
import Rules
import Settings
import YAMLDocuments

extension EnrollmentPlanner {
    /// One side of a switch: what a template orders, and what that has to keep to.
    public struct SwitchSide {
        let template: TemplateConfiguration
        let product: ProductFacts?
        let rules: TemplateRules?

        /// - Parameters:
        ///   - product: what the profile says of the product; nil where it does not say.
        ///   - rules: nil where nothing is checked.
        public init(_ template: TemplateConfiguration, product: ProductFacts?, rules: TemplateRules?) {
            self.template = template
            self.product = product
            self.rules = rules
        }
    }

    /// Looks at each person of a template's group as if it went to another CA or product; decides and writes nothing.
    ///
    /// Costs the names of everybody and what the rules ask of their mail domains.
    ///
    /// - Parameter limit: how many people are named of each kind.
    /// - Throws: `StoreError`; `GraphError` of kind `transient` while the directory has not been read to its end.
    public func forecast(
        from former: SwitchSide, to next: SwitchSide, naming limit: Int
    ) async throws -> SwitchForecast {
        try await mirror.requireAddresses()
        func rules(_ side: SwitchSide) -> EnrollmentRules {
            EnrollmentRules(template: side.template, product: side.product, rules: side.rules)
        }
        let (old, new) = (rules(former), rules(next))
        let life = LifeRule(template: next.template, now: clock.now(), certifiedNames: new.certifiedNames)
        var forecast = SwitchForecast()
        func add(_ members: [EnrollmentMember], _ exceptions: [String: EnrollmentException]) async throws {
            await former.rules?.look(for: members)
            await next.rules?.look(for: members)
            let standings = try await ledger.standings(
                template: former.template.name, subscriberIDs: members.map(\.person.id))
            for member in members {
                forecast.add(
                    member, standings[member.person.id], isEntitledNow: { Self.isEntitled(old.find(member)) },
                    new.find(member), life, lost: { Self.lost($0, former.product, next.product) }, atMost: limit)
                if let choice = exceptions[member.person.id.lowercased()]?.choice,
                    let product = choice.product(at: former.template), choice.product(at: next.template) == nil
                {
                    forecast.ownProducts.add(
                        member.person.userPrincipalName,
                        "product \(product) was chosen at \(former.template.backendCA); at \(next.template.backendCA) it is "
                            + next.template.product, atMost: limit)
                }
            }
        }
        var position = MemberPosition.start
        while true {
            let page = try await mirror.members(
                of: former.template.group, after: position, limit: Self.pageSize)
            guard let last = page.last else { break }
            position = last.position
            let members = page.filter(\.isPresent)
            try await add(members, try await exceptions.inForce(former.template.name, members.map(\.person.id)))
        }
        let included = try await exceptions.included(former.template.name)
        for start in stride(from: 0, to: included.count, by: Self.pageSize) {
            let ids = Array(included[start...].prefix(Self.pageSize))
            let known = try await exceptions.inForce(former.template.name, ids)
            let strangers = try await self.known(ids, former.template).filter { !($0.member?.isPresent ?? false) }
            let people = try await exceptions.members(strangers, by: known).compactMap(\.member)
            try await add(people.filter(\.isPresent), known)
        }
        return forecast
    }

    private static func isEntitled(_ finding: EnrollmentRules.Finding) -> Bool {
        if case .entitled = finding { true } else { false }
    }

    /// Names of an order that one product certifies and another does not.
    private static func lost(_ names: RequestedNames, _ former: ProductFacts?, _ next: ProductFacts?) -> [String] {
        guard let allowed = next?.allowedNames else { return [] }
        return (names.json.object ?? [:]).keys.filter { key in
            former?.allowedNames?.contains(key) ?? true && !allowed.contains(key) && key != "accountName"
        }
    }
}

extension SwitchForecast {
    fileprivate mutating func add(
        _ member: EnrollmentMember, _ standing: SubscriberStanding?, isEntitledNow: () -> Bool,
        _ finding: EnrollmentRules.Finding, _ life: LifeRule, lost: (RequestedNames) -> [String], atMost limit: Int
    ) {
        members += 1
        let name = member.person.userPrincipalName
        let template = life.template
        let used = standing?.inUse
        let isThere = used.map { template.orders($0.backendCA, $0.product) } ?? false
        if used != nil { if isThere { there += 1 } else { inUse += 1 } }
        let isOpen = standing?.stage.isOpen ?? false
        if isOpen, let standing, standing.backendCA != template.backendCA || standing.product != template.product {
            noteOrder(standing, name, atMost: limit)
        }
        guard case .entitled(let names, let warning, _) = finding else {
            if case .excluded(let reason) = finding, isEntitledNow() {
                let kept = used?.notAfter.map { "; the certificate in use ends on \(CalendarDay.text($0))" } ?? ""
                refused.add(name, reason + kept, atMost: limit)
            } else {
                leftOut += 1
            }
            return
        }
        for domain in Set(names.emails.compactMap { $0.split(separator: "@").last.map { $0.lowercased() } }) {
            domains[domain, default: 0] += 1
        }
        if let warning { warnings[warning, default: 0] += 1 }
        guard !isThere else { return }
        if let used {
            for key in lost(RequestedNames(json: used.names)) { namesLost[key, default: 0] += 1 }
            if let renewal = life.renewal(of: used) {
                renewals[String(CalendarDay.text(max(renewal.at, life.now)).prefix(7)), default: 0] += 1
            }
            if !isOpen { replaceable += 1 }
        } else if !isOpen {
            firstOrders += 1
        }
    }

    private mutating func noteOrder(_ order: SubscriberStanding, _ name: String, atMost limit: Int) {
        let what = "order \(order.reference) is \(order.stage.rawValue) at \(order.backendCA)"
        if order.stage == .planned || order.stage == .keyed {
            unsent.add(name, "\(what) and has not left: it is placed at the new CA instead", atMost: limit)
        } else {
            underWay.add(name, "\(what): it goes on and ends there", atMost: limit)
        }
    }
}
