// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Foundation
import KeyHoldings
import Ledger
import PKIX
import Settings
import Store

/// Decides who gets a certificate. Reads only what has changed since it last looked: people in the directory, orders that have
/// ended, verdicts whose time is over. An unchanged tenant costs three index look-ups.
public struct EnrollmentPlanner: Sendable {
    static let pageSize = 500

    let database: any SQLDatabase
    public let mirror: DirectoryMirror
    let ledger: OrderLedger
    let clock: any ConnectorClock
    public private(set) var decisions: DecisionStore
    public private(set) var incidents: IncidentStore
    /// What people have decided beside the groups.
    public let exceptions: ExceptionBook
    /// What the CA product needs and what orders must keep to, for a template that an exception has adjusted; nil where nobody can tell.
    public var facts: (@Sendable (TemplateConfiguration) throws -> (ProductFacts?, TemplateRules?))?
    /// The right to plan, where several nodes may have it; without it nothing is decided or ordered any more.
    public var lease: NodeLease? {
        didSet {
            decisions = DecisionStore(database: shared)
            incidents = IncidentStore(database: shared)
        }
    }
    var shared: SharedDatabase { SharedDatabase(database, under: lease) }

    public init(
        database: any SQLDatabase, mirror: DirectoryMirror, ledger: OrderLedger,
        clock: any ConnectorClock = SystemClock()
    ) {
        self.database = database
        self.mirror = mirror
        self.ledger = ledger
        self.clock = clock
        exceptions = ExceptionBook(database: database, mirror: mirror, clock: clock)
        decisions = DecisionStore(database: SharedDatabase(database, under: nil))
        incidents = IncidentStore(database: SharedDatabase(database, under: nil))
    }

    /// Brings the verdicts for one template up to date with directory and ledger; orders nothing.
    ///
    /// - Parameters:
    ///   - product: what the CA product needs, to refuse early; nil when the profile does not say.
    ///   - rules: what orders must keep to; nil for no rules.
    ///   - targets: what open incidents order that have something else ordered than the template says, by their ids.
    ///   - onProgress: called with the number of people looked at so far.
    /// - Throws: `StoreError`; `GraphError` of kind `transient` while the directory has not been read to its end;
    ///   `CancellationError`. What was decided stays.
    public func plan(
        _ template: TemplateConfiguration, product: ProductFacts?, rules orderRules: TemplateRules? = nil,
        targets: [Int64: IncidentTarget] = [:], onProgress: (Int) -> Void = { _ in }
    ) async throws -> PlanSummary {
        try await mirror.requireAddresses()
        let rules = EnrollmentRules(template: template, product: product, rules: orderRules)
        let aims = targets.mapValues { EnrollmentRules(template: $0.template, product: $0.product, rules: $0.rules) }
        let fingerprint = Self.fingerprint(template, product, orderRules)
        var position = try await decisions.position(
            template: template.name, fingerprint: fingerprint, standings: try await ledger.lastStandingChange())
        let isNew = position.member == .start
        var evaluated = 0
        var before: PlanSummary?
        func settle(_ members: [EnrollmentMember]) async throws {
            try await settle(members.map { ($0.person.id, $0) })
        }
        func settle(_ people: [(id: String, member: EnrollmentMember?)]) async throws {
            if before == nil { before = try await decisions.summary(of: template, at: clock.now()) }
            let known = try await exceptions.inForce(template.name, people.map(\.id))
            let people = try await exceptions.members(people, by: known)
            await orderRules?.look(for: people.compactMap(\.member))
            for target in targets.values { await target.rules?.look(for: people.compactMap(\.member)) }
            let found = try await decide(people, template, rules, aims, known)
            let reached = position
            let now = clock.now()
            try await shared.write { connection in
                try DecisionStore.requireFingerprint(fingerprint, of: template.name, on: connection)
                try DecisionStore.put(found, on: connection)
                try DepartureTable(template: template.name, connection: connection).note(
                    away: found.filter { $0.concern?.isDeparture ?? false }.map(\.subscriberID),
                    back: found.filter { !($0.concern?.isDeparture ?? false) }.map(\.subscriberID), at: now)
                try DecisionStore.put(reached, template: template.name, fingerprint: fingerprint, on: connection)
            }
            evaluated += people.count
            onProgress(evaluated)
            try Task.checkCancellation()
        }
        while true {
            let page = try await mirror.members(of: template.group, after: position.member, limit: Self.pageSize)
            guard let last = page.last else { break }
            position.member = last.position
            try await settle(page)
        }
        while true {
            let page = try await ledger.standingChanges(
                template: template.name, after: position.standing, limit: Self.pageSize)
            guard let last = page.last else { break }
            position.standing = last.number
            let people = Set(page.map(\.subscriberID)).sorted()
            try await settle(try await known(people, template))
        }
        var stranger = ""
        while isNew {
            let page = try await strangers(template, after: stranger)
            guard let end = page.last else { break }
            stranger = end
            try await settle(page.map { ($0, nil) })
        }
        var last = ""
        while true {
            let people = try await decisions.due(
                template: template.name, at: clock.now(), after: last, limit: Self.pageSize)
            guard let end = people.last else { break }
            last = end
            try await settle(try await known(people, template))
        }
        let included = try await exceptions.included(template.name)
        for start in stride(from: 0, to: included.count, by: Self.pageSize) {
            try await settle(try await known(Array(included[start...].prefix(Self.pageSize)), template))
        }
        var concerned = ""
        while true {
            let people = try await decisions.concerned(template: template.name, after: concerned, limit: Self.pageSize)
            guard let end = people.last else { break }
            concerned = end
            let standings = try await ledger.standings(template: template.name, subscriberIDs: people)
            let taken = try await takenOrders(standings, template).keys
            if !taken.isEmpty { try await settle(try await known(taken.sorted(), template)) }
        }
        var summary = try await decisions.summary(of: template, at: clock.now())
        summary.evaluated = evaluated
        if let before {
            summary.membersBefore = before.members
            summary.gone = (summary.counts[.left] ?? 0) - (before.counts[.left] ?? 0)
        }
        return summary
    }

    /// Turns verdicts into orders in the ledger, page by page; a person with an open order is never ordered for again.
    ///
    /// - Parameters:
    ///   - limit: how many orders at most.
    ///   - actions: which of what the plan buys.
    ///   - approved: the orders that may be made; nil for all of the plan.
    ///   - incidents: those whose orders are made and no others; nil for what no incident wants.
    /// - Returns: the number of orders made.
    public func order(
        _ template: TemplateConfiguration, limit: Int, _ actions: Set<PlannedAction> = PlannedAction.purchases,
        approved: PlannedOrders? = nil, for incidents: [Incident]? = nil, within bounds: [SpendingBound] = []
    ) async throws -> Int {
        var made = 0
        let aims = Dictionary((incidents ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        try await forEachPage(of: template, actions, for: incidents) { page in
            let page = try await orders(page, template, aims).map { ($0.subscriberID, $0) }
                .filter { approved?.contains($0.1) ?? true }.prefix(limit - made)
            guard !page.isEmpty else { return true }
            let result = try await ledger.plan(batch: page.map(\.1), under: lease, within: bounds)
            made += result.made.count
            StageBoundary.planned.pass()
            // Whom the budget has kept is still to be ordered for.
            let covered = page.map(\.0).filter { !result.overBudget.contains($0) }
            try await decisions.markCovered(template: template.name, subscribers: covered)
            return made < limit && result.overBudget.isEmpty
        }
        return made
    }

    /// Reads the people for whom the last plan has something to do, page by page, until `body` has had enough.
    func forEachPage(
        of template: TemplateConfiguration, _ actions: Set<PlannedAction> = PlannedAction.purchases,
        for incidents: [Incident]? = nil, _ body: ([EnrollmentDecision]) async throws -> Bool
    ) async throws {
        var last = ""
        while true {
            let page = try await decisions.decisions(
                template: template.name, actions: actions, of: incidents?.map(\.id), after: last, limit: Self.pageSize)
            guard let end = page.last, try await body(page) else { return }
            last = end.subscriberID
        }
    }

    /// The verdicts on some people, as things stand now.
    ///
    /// - Parameter people: object ids, each with the person as a member, if the directory knows one.
    func decide(
        _ people: [(id: String, member: EnrollmentMember?)], _ plain: TemplateConfiguration, _ usual: EnrollmentRules,
        _ aims: [Int64: EnrollmentRules] = [:], _ exceptions: [String: EnrollmentException] = [:]
    ) async throws -> [EnrollmentDecision] {
        let standings = try await ledger.standings(template: plain.name, subscriberIDs: people.map(\.id))
        let taken = try await takenOrders(standings, plain)
        let misfiled = try await misfiledOrders(standings, people.compactMap(\.member?.person), plain)
        let awaySince = try await database.read { connection in
            try DepartureTable(template: plain.name, connection: connection).noticed(Array(standings.keys))
        }
        let asked = try await ledger.standingActions(
            certificateIDs: standings.values.flatMap {
                [$0.certificateID, $0.inUse?.certificateID].compactMap(\.self) + $0.superseded.map(\.certificateID)
            })
        let exposed =
            plain.mailboxes == nil
            ? [:] : try await KeyHoldingStore(ledger).exposed(Array(standings.keys), by: plain.keyHolders)
        let wishes = try await incidents.wishes(template: plain.name, subscriberIDs: people.map(\.id))
        let now = clock.now()
        let adjusted = try self.rules(exceptions.values.map(\.choice), plain)
        var aimed: [AimedChoice: EnrollmentRules] = [:]
        return try people.map { id, member in
            let exception = exceptions[id.lowercased()]
            let template = plain.adjusted(by: exception?.choice)
            let rules = exception.flatMap { adjusted[$0.choice] } ?? usual
            var standing = standings[id]
            let wanted = IncidentWishes(wishes[id] ?? [], aims: aims)
            let incident = (wanted.leaving ?? wanted.wish(for: (standing?.inUse ?? standing)?.certificateID))?.incident
            var aim = incident.flatMap { aims[$0.id] }
            // Of one whose CA cannot be used nothing is ordered.
            if let incident, aim != nil || !incident.hasTarget, let choice = exception?.choice, !choice.isEmpty {
                let key = AimedChoice(incident: incident.id, choice: choice)
                aim = try aimed[key] ?? self.rules(plain.aimed(at: incident, choice))
                aimed[key] = aim
            }
            standing?.leaveOut(revoked: asked)
            let own = (standing?.inUse ?? standing)?.certificateID.flatMap { asked[$0] } ?? []
            var decision = EnrollmentDecision(
                template: template.name, subscriberID: id,
                userPrincipalName: member?.person.userPrincipalName ?? standing?.userPrincipalName ?? "",
                verdict: .skipped, reason: "", names: RequestedNames(), newestOrder: standing?.newestOrderID ?? 0)
            let finding = (aim ?? rules).find(member).leaving(out: exception)
            func due(_ date: Date?) -> Date? { [date, exception?.until].compactMap(\.self).min() }
            if let standing, standing.stage.isOpen || standing.stage == .active {
                var rule = LifeRule(
                    template: template, now: now, certifiedNames: rules.certifiedNames,
                    exposed: exposed[id]?.certificates ?? [:])
                rule.misfiled = misfiled[id]
                rule.aimed = incident.map { plain.aimed(at: $0, exception?.choice) }
                let life = rule.find(
                    finding, member, standing, awaySince: awaySince[id], taken: taken[id] ?? [], asked: own,
                    incidents: wanted)
                decision.verdict = member?.isPresent ?? false ? .covered : .left
                (decision.concern, decision.action, decision.reason, decision.dueAt) =
                    (
                        life.concern, life.action, life.reason,
                        [due(life.dueAt), exposed[id]?.dueAt].compactMap(\.self).min()
                    )
                // Where nothing is to be done it is what the concern is about.
                decision.actsOn = (life.action == nil ? standing.inUse ?? standing : standing).orderID
                decision.incident = life.incident
                if case .entitled(let names, _, _) = finding { decision.names = names }
                return decision
            }
            decision.dueAt = due(nil)
            switch finding {
            case .left(let reason):
                (decision.verdict, decision.reason, decision.concern) = (.left, reason, .departed)
            case .excluded(let reason): decision.reason = reason
            case .entitled where !template.enabled: decision.reason = "the template is switched off"
            case .entitled(let names, let warning, _):
                decision.names = names
                let revocation = own.first { $0.kind == .revoke }
                // Revoked by whomever before its turn came: the incident wants the person to have another one. The same of one that had
                // taken its place, where it was revoked from here; what a CA revokes by itself would be bought for ever.
                let own = wanted.wish(for: standing?.certificateID)
                let older =
                    revocation == nil
                    ? nil : standing?.superseded.compactMap { wanted.wish(for: $0.certificateID) }.first
                let wish = own ?? older
                let revoker: EndedOrderRule.Revoker =
                    wish != nil
                    ? .planner
                    : revocation.map { $0.actor == Self.actor ? .planner : $0.isOrderedAgain ? .owner : .person }
                        ?? .authority
                switch EndedOrderRule(template: template, now: now, revoker: revoker).find(names, standing) {
                case .order(let reason):
                    var pace = PurchasePace(template: template, now: now)
                    pace.isFree = wish != nil
                    if let (refusal, until) = standing.flatMap(pace.wait) {
                        (decision.verdict, decision.dueAt) = (.waiting, due(until))
                        decision.reason = "\(refusal): \(reason)"
                        break
                    }
                    (decision.verdict, decision.action) = (.order, .order)
                    decision.incident =
                        wanted.leaving?.incident.id
                        ?? wish.flatMap { $0.incident.state == .running ? $0.incident.id : nil }
                    decision.reason = reason.isEmpty ? warning ?? "" : reason
                case .ended(let reason): (decision.verdict, decision.reason) = (.ended, reason)
                case .waiting(let reason, let until):
                    (decision.verdict, decision.reason, decision.dueAt) = (.waiting, reason, due(until))
                }
            }
            return decision
        }
    }

    /// Rules for what people have chosen in place of what the template says.
    private func rules(
        _ choices: [OrderChoice], _ template: TemplateConfiguration
    ) throws -> [OrderChoice: EnrollmentRules] {
        var rules: [OrderChoice: EnrollmentRules] = [:]
        for choice in Set(choices) where !choice.isEmpty {
            rules[choice] = try self.rules(template.adjusted(by: choice))
        }
        return rules
    }

    private func rules(_ adjusted: TemplateConfiguration) throws -> EnrollmentRules {
        let (product, orderRules) = try facts?(adjusted) ?? (nil, nil)
        return EnrollmentRules(template: adjusted, product: product, rules: orderRules)
    }

    /// What an incident orders for those for whom the same was chosen.
    private struct AimedChoice: Hashable {
        let incident: Int64
        let choice: OrderChoice
    }

    /// The orders that follow from some decisions, each by the terms of its person; an incident's go where it says.
    ///
    /// - Parameter incidents: by their ids.
    func orders(
        _ page: [EnrollmentDecision], _ template: TemplateConfiguration, _ incidents: [Int64: Incident] = [:]
    ) async throws -> [NewOrder] {
        let exceptions = try await exceptions.inForce(template.name, page.map(\.subscriberID))
        return page.map { decision in
            let choice = exceptions[decision.subscriberID.lowercased()]?.choice
            let incident = decision.incident.flatMap { incidents[$0] }
            return Self.order(
                decision, incident.map { template.aimed(at: $0, choice) } ?? template.adjusted(by: choice))
        }
    }

    static func order(_ decision: EnrollmentDecision, _ template: TemplateConfiguration) -> NewOrder {
        var order = NewOrder(
            template, subscriberID: decision.subscriberID, userPrincipalName: decision.userPrincipalName,
            names: decision.names.json, replaces: decision.action == .order ? nil : decision.actsOn,
            newestKnown: decision.newestOrder,
            reason: decision.reason.isEmpty ? "planned" : decision.reason)
        if decision.action == .renew { order.decision = .renewOrder }
        return order
    }

    /// Changes with everything a verdict depends on beside the person.
    private static func fingerprint(
        _ template: TemplateConfiguration, _ product: ProductFacts?, _ rules: TemplateRules?
    ) -> String {
        let text = ([template.fingerprint] + (product?.requiredNames ?? []) + [rules?.fingerprint ?? ""])
            .joined(separator: " ")
        return Data(DigestAlgorithm.sha256.digest(Array(text.utf8))).base64EncodedString()
    }
}
