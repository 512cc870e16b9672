// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
public import Gateway
import JSONDocuments
import Ledger
import MicrosoftGraph
import Planning
import Records
public import Settings
import YAMLDocuments

/// Takes templates to another CA or product: says first what that means, then changes the configuration as `apply` does, and remembers
/// the way back in the same commit.
public struct CASwitchAdministration: Sendable {
    /// How many people are named of each kind.
    private static let named = 20

    private let gateway: Gateway
    private let caller: Caller
    private var actor: String { caller.name }

    /// - Parameter caller: who acts, for the record.
    public init(_ gateway: Gateway, caller: Caller) {
        self.gateway = gateway
        self.caller = caller
    }

    private var now: Date { gateway.ledger.clock.now() }
    var ledger: OrderLedger { gateway.ledger }
    private var store: ConfigurationStore { ConfigurationStore(ledger: gateway.ledger) }

    /// The switch of a template that is in force or to come; nil for none.
    ///
    /// - Throws: `SettingsError` for a template that nobody knows.
    public func current(_ template: String) async throws -> CASwitch? {
        let name = try templates.template(template).name
        return try await store.switches().first { $0.template == name }
    }

    private var templates: TemplateAdministration {
        TemplateAdministration(gateway.store, gateway.configuration, gateway.profiles)
    }

    /// Says what a switch means, and does it where nothing stands against it.
    ///
    /// - Parameter isDryRun: whether to change nothing.
    /// - Throws: `SettingsError` for names that nobody has; `StoreError`; `EnrollmentError` for rule files that cannot be read.
    public func begin(_ request: CASwitchRequest, isDryRun: Bool) async throws -> CASwitchReport {
        try await pass(request.template, isDryRun) { try await start(request, isDryRun) }
    }

    private func pass(
        _ template: String, _ isDryRun: Bool, _ body: () async throws -> CASwitchReport
    ) async throws -> CASwitchReport {
        let wish = Entrance.Wish(.applyConfiguration, AuditObject(.configuration, "templates/\(template)"))
        return try await Entrance(caller, ledger.audit).pass(
            .configure, to: wish, isDryRun ? .byTheUseCase : .all, body)
    }

    private func start(_ request: CASwitchRequest, _ isDryRun: Bool) async throws -> CASwitchReport {
        let template = try templates.template(request.template)
        guard let backendCA = gateway.configuration.backendCA(request.backendCA) else {
            throw SettingsError.unknown("backend CA", request.backendCA, gateway.configuration.backendCAs.map(\.name))
        }
        if let from = request.from, CalendarDay.text(from) < CalendarDay.text(now) {
            throw SettingsError(
                "--from: \(CalendarDay.text(from)) is over; a switch that is to begin at once needs no day",
                at: .commandLine)
        }
        let profile = gateway.profiles.catalogue.outline(named: backendCA.connector)
        let product = try request.product ?? Self.product(of: template, at: backendCA, profile, now)
        let home = template.configuredHome
        let isThere = backendCA.name == home.backendCA && product == home.product
        let last = isThere ? try await current(template.name) : nil
        if let last, last.begunAt != nil, last.nextCA == backendCA.name, last.nextProduct == product {
            // It is there; what becomes of the former certificates is another thing from now on, and what is said beside it. What somebody
            // has changed by hand since stays.
            let document = try await templates.document(template.name)
            func present(_ keys: some Sequence<String>) -> [String: JSONValue] {
                Dictionary(uniqueKeysWithValues: keys.map { ($0, document[$0] ?? .null) })
            }
            let former = last.former.merging(present(request.members.keys)) { former, _ in former }
            let next = present(last.next.keys).merging(request.members) { $1 }
            let change = CASwitch(
                template: template.name, former: former, next: next, pace: request.pace,
                overlapDays: request.overlapDays, actor: actor, askedAt: now)
            return try await carryOut(change, document, [], request, isDryRun: isDryRun)
        }
        guard !isThere else {
            throw SettingsError(
                "template \(template.name) orders product \(product) from \(backendCA.name) already", at: .commandLine)
        }
        let document = try await templates.document(template.name)
        var next = request.members
        next["backendCA"] = .string(backendCA.name)
        next["product"] = .string(product)
        var remarks: [String] = []
        let isOtherConnector = gateway.configuration.backendCA(template.backendCA)?.connector != backendCA.connector
        if isOtherConnector, let options = document["options"], next["options"] == nil {
            next["options"] = .null
            remarks.append(
                "options \(options.text) are those of the former product and go; --set options=… gives others")
        }
        if let price = document["price"], next["price"] == nil {
            remarks.append(
                "price \(price.text) is that of the former product, and stays: --set price=… says the new one")
        }
        let former = Dictionary(uniqueKeysWithValues: next.keys.map { ($0, document[$0] ?? .null) })
        let change = CASwitch(
            template: template.name, former: former, next: next, pace: request.pace, from: request.from,
            overlapDays: request.overlapDays, actor: actor, askedAt: now)
        return try await carryOut(change, document, remarks, request, isDryRun: isDryRun)
    }

    /// Goes back to where the template was before its switch; one that is to come is taken back.
    ///
    /// What the former CA has given meanwhile stays in use: with `renewal` it is renewed there where the template goes back to.
    ///
    /// - Parameter pace: what becomes of the certificates of the CA that is left.
    /// - Throws: as `begin`, and `SettingsError` where there is no switch.
    public func back(
        _ template: String, pace: CASwitch.Pace, overlapDays: Int? = nil, isOffline: Bool, isDryRun: Bool
    ) async throws -> CASwitchReport {
        try await pass(template, isDryRun) { try await goBack(template, pace, overlapDays, isOffline, isDryRun) }
    }

    private func goBack(
        _ template: String, _ pace: CASwitch.Pace, _ overlapDays: Int?, _ isOffline: Bool, _ isDryRun: Bool
    ) async throws -> CASwitchReport {
        guard let last = try await current(template) else {
            throw Obstacle.neverSwitched(template)
        }
        guard last.begunAt != nil else {
            if !isDryRun { try await store.apply([], switches: [last.template: nil], by: AuditActor(named: actor)) }
            return CASwitchReport(state: isDryRun ? .dryRun : .cancelled, change: last)
        }
        let document = try await templates.document(last.template)
        // What somebody has changed by hand since stays.
        let keys = last.next.keys.filter { (document[$0] ?? .null) == (last.next[$0] ?? .null) }
        let change = CASwitch(
            template: last.template, former: last.next.filter { keys.contains($0.key) },
            next: last.former.filter { keys.contains($0.key) }, pace: pace, overlapDays: overlapDays, actor: actor,
            askedAt: now)
        let kept = last.next.keys.filter { !keys.contains($0) }.sorted()
        let remarks = kept.map { "\($0) was changed by hand since, and stays as it is" }
        let request = CASwitchRequest(
            template: last.template, backendCA: change.nextCA, pace: pace, isOffline: isOffline, acceptsRefusals: true)
        return try await carryOut(change, document, remarks, request, isDryRun: isDryRun)
    }

    private func carryOut(
        _ wish: CASwitch, _ document: JSONValue, _ remarks: [String], _ request: CASwitchRequest, isDryRun: Bool
    ) async throws -> CASwitchReport {
        var change = wish
        let isLater = change.from.map { $0 > now } ?? false
        if !isLater { change.begunAt = now }
        var report = CASwitchReport(state: .dryRun, change: change)
        report.ordersAllowed = gateway.configuration.limits.ordersPerRun
        let text = YAMLText.emit(
            ["templates": .array([CASwitch.applying(change.next, to: document)])], keyOrder: ["name"])
        report.section = text
        report.warnings = remarks
        let administration = ConfigurationAdministration(gateway.home, gateway.profiles, caller: caller)
        let file = "template \(change.template)"
        do {
            let result = try await administration.carryOut(
                text, file: file, prunes: false, isDryRun: true, switching: change)
            report.warnings += result.warnings
        } catch let error as Diagnostics {
            report.obstacles += error.all.map { problem in
                "\(problem.message)" + (problem.hint.map { " (\($0))" } ?? "")
                    + ": --set changes further keys of the template with the switch"
            }
        }
        let draft = try await store.draft(applying: YAMLNode.parse(text, file: file), prunes: false)
        if let next = draft.reading.configuration.template(change.template),
            let former = gateway.configuration.template(change.template)
        {
            try await compare(former, next, into: &report, request)
        }
        if !request.isOffline { try await ask(change, into: &report) }
        guard report.obstacles.isEmpty else {
            report.state = .refused
            return report
        }
        guard !isDryRun else { return report }
        if isLater {
            try await store.apply([], switches: [change.template: change], by: AuditActor(named: actor))
            report.state = .scheduled
        } else {
            _ = try await administration.carryOut(
                text, file: file, prunes: false, isDryRun: false, switching: change)
            report.state = .switched
        }
        return report
    }

    private func compare(
        _ former: TemplateConfiguration, _ next: TemplateConfiguration, into report: inout CASwitchReport,
        _ request: CASwitchRequest
    ) async throws {
        func side(_ template: TemplateConfiguration) throws -> CASwitchComparison.Side {
            try CASwitchComparison.Side(
                template, gateway.configuration, gateway.profiles, gateway.desk, at: max(now, request.from ?? now))
        }
        let comparison = CASwitchComparison(former: try side(former), next: try side(next))
        report.differences = comparison.differences
        (report.newRules, report.goneRules) = comparison.rules
        report.trust = comparison.trust
        report.price = next.price
        report.warnings += comparison.warnings
        do {
            var people = try await gateway.planner.forecast(
                from: comparison.former.forPlanner, to: comparison.next.forPlanner, naming: Self.named)
            if comparison.hasDomainsAlready { people.domains = [:] }
            report.people = people
            let holders = people.inUse + people.there
            if people.refused.count > 1, people.refused.count * 2 >= max(holders, people.refused.count),
                !request.acceptsRefusals
            {
                report.obstacles.append(
                    "\(Plural(people.refused.count, "person", "people")) of \(people.members) could not get a certificate of the new "
                        + "product, half of those who have one, or more: if that is meant, say --accept-refused")
            }
        } catch let error as GraphError where error.kind == .transient {
            report.warnings.append(
                "whom it hits is not known, because the directory has not been read to its end: run 'certway plan' first"
            )
        }
    }

    /// Asks the new CA whether it may be used and has the product; what it cannot be asked is a warning, and what it denies is in the way.
    private func ask(_ change: CASwitch, into report: inout CASwitchReport) async throws {
        let backendCAs = BackendCAAdministration(gateway, now: now)
        switch await backendCAs.check(change.nextCA).result {
        case .success(let account): report.warnings += account.warnings.map { "\(change.nextCA): \($0)" }
        case .failure(let problem):
            report.obstacles.append(
                "\(change.nextCA) cannot be used now: \(problem.sentence); --offline switches without asking it")
            return
        }
        guard let backend = try? backendCAs.ready(change.nextCA), backend.profile.claims(.listProducts) else { return }
        do {
            let offered = try await backendCAs.products(change.nextCA).map(\.product.id)
            let known = backend.profile.product(change.nextProduct).map { [$0.id] + $0.aliases } ?? []
            guard !offered.isEmpty, !offered.contains(change.nextProduct), !known.contains(where: offered.contains)
            else { return }
            report.obstacles.append(
                "the account at \(change.nextCA) has no product \"\(change.nextProduct)\"; it has: "
                    + offered.joined(separator: ", "))
        } catch {
            report.warnings.append("\(change.nextCA) did not say which products it has: \(error)")
        }
    }

    /// The product that is meant where none is named.
    private static func product(
        of template: TemplateConfiguration, at backendCA: BackendCAConfiguration, _ profile: ConnectorProfile?,
        _ now: Date
    ) throws -> String {
        let products = profile?.products ?? []
        if backendCA.name != template.backendCA, products.contains(where: { $0.isKnown(as: template.product) }) {
            return template.product
        }
        let fitting = products.filter {
            $0.isOffered(at: now) && ($0.purposes.isEmpty || $0.purposes.contains(template.purpose))
        }
        if fitting.count == 1 { return fitting[0].id }
        throw SettingsError(
            "which product of \(backendCA.name)? Name it"
                + (fitting.isEmpty
                    ? "; 'certway ca products \(backendCA.name)' lists them"
                    : ": " + fitting.map(\.id).joined(separator: ", ")),
            at: .commandLine)
    }
}
