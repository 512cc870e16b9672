// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Foundation
public import Gateway
public import JSONDocuments
import Ledger
import MicrosoftGraph
import Planning
import Records
import Settings

/// The first run, step by step. What is done is read off what there is: configuration, the last look at the services, the ledger. Only which steps
/// somebody leaves out is kept.
public struct SetUpAdministration: Sendable {
    private static let name = "setUp.skipped"

    private let gateway: Gateway

    public init(_ gateway: Gateway) { self.gateway = gateway }

    /// Where there is no gateway yet: all is to be done, and the first step makes it.
    public static func beginning(in home: GatewayHome) -> [SetUpStanding] {
        SetUpStep.allCases.map { step in
            SetUpStanding(
                step: step, state: step == .tenant ? .current : .open,
                text: step == .tenant ? "no gateway in \(home.path) yet: the first configuration makes it" : "not begun"
            )
        }
    }

    /// Asks the database and this process; neither the tenant nor a CA.
    ///
    /// - Throws: `StoreError`.
    public func standings() async throws -> [SetUpStanding] {
        let skipped = try await skipped()
        let look = try await Look(gateway)
        var all: [SetUpStanding] = []
        for step in SetUpStep.allCases {
            let (isDone, text) = try await standing(of: step, look)
            let state: SetUpStanding.State = isDone ? .done : skipped.contains(step) ? .skipped : .open
            all.append(SetUpStanding(step: step, state: state, text: text))
        }
        if let next = all.firstIndex(where: { $0.state == .open }) { all[next].state = .current }
        return all
    }

    /// The answer of `GET /setup`.
    public func json() async throws -> JSONValue {
        var value = Self.json(try await standings())
        value["secretFolder"] = .string(gateway.home.secrets)
        return value
    }

    public static func json(_ standings: [SetUpStanding]) -> JSONValue {
        [
            "steps": .array(standings.map(\.json)),
            "current": JSONValue(standings.first { $0.state == .current }?.step.rawValue),
            "done": JSONValue(standings.count { $0.state == .done }), "of": JSONValue(standings.count),
        ]
    }

    /// Leaves a step out for now, or takes it up again.
    ///
    /// - Parameter name: of the step.
    /// - Returns: the steps as they stand then.
    /// - Throws: `AccessDenied`, `StoreError`; `SettingsError` for a name that no step has.
    public func skip(_ name: String, _ isSkipped: Bool, by caller: Caller, isDryRun: Bool) async throws
        -> [SetUpStanding]
    {
        let object = AuditObject(.configuration, "set-up step \(name.prefix(40))")
        return try await Entrance(caller, gateway.ledger.audit).pass(
            .configure, to: Entrance.Wish(.applyConfiguration, object)
        ) {
            guard let step = SetUpStep(rawValue: name) else {
                throw SettingsError.unknown("step", name, SetUpStep.allCases.map(\.rawValue))
            }
            var steps = try await skipped()
            if isSkipped { steps.insert(step) } else { steps.remove(step) }
            guard !isDryRun else { return try await standings() }
            let value = JSONValue(steps.map(\.rawValue).sorted())
            try await gateway.ledger.database.write { connection in
                try OrderLedger.setState(Self.name, value, on: connection)
                try AuditTrail.record(
                    AuditEntry(
                        .applyConfiguration, object, by: AuditActor(named: caller.name),
                        reason: isSkipped ? "left out for now" : "taken up again"), on: connection)
            }
            return try await standings()
        }
    }

    private func skipped() async throws -> Set<SetUpStep> {
        Set((try await gateway.ledger.state(Self.name)?.array ?? []).compactMap { $0.string.flatMap(SetUpStep.init) })
    }

    /// What the last look at the services has found, and what the ledger has.
    private struct Look {
        let findings: [(subject: String, verdict: String, text: String)]
        let orders: Int
        let delivered: Int
        /// Whether all that there is, by the newest, was ordered by another product.
        let isTakenOver: Bool

        /// Orders that are looked at: a new one is among the newest.
        private static let newest = 50

        init(_ gateway: Gateway) async throws {
            let last = try await ServiceAdministration(gateway).last()
            let at = last?["at"]?.string.flatMap { try? Date($0, strategy: .iso8601) } ?? .distantPast
            let changed = try await gateway.ledger.documents("tenant").map(\.updatedAt).max() ?? .distantPast
            // One from before the tenant was named says nothing; times of answers have no fractions.
            findings =
                at + 1 < changed
                ? []
                : (last?["findings"]?.array ?? []).map {
                    ($0["subject"]?.string ?? "", $0["verdict"]?.string ?? "", $0["text"]?.string ?? "")
                }
            let counts = try await gateway.ledger.counts()
            orders = counts.reduce(0) { $0 + $1.count }
            let stages: Set<OrderStage> = [.delivered, .published, .active, .superseded]
            let ended: Set<OrderStage> = [.active, .superseded, .revoked, .expired]
            let newest = try await gateway.ledger.orders(OrderFilter(limit: Self.newest))
            isTakenOver =
                !newest.isEmpty
                && newest.allSatisfy { $0.attempt == 0 && !$0.hasForeignKey && ended.contains($0.stage) }
            delivered = counts.reduce(0) { $0 + (stages.contains($1.stage) ? $1.count : 0) }
        }

        /// What stands against subjects that begin so; nil for nothing.
        func fault(_ beginnings: String...) -> String? {
            findings.first { one in
                one.verdict == Examination.Verdict.failed.rawValue && beginnings.contains { one.subject.hasPrefix($0) }
            }.map { "\($0.subject): \($0.text)" }
        }
    }

    private func standing(of step: SetUpStep, _ look: Look) async throws -> (isDone: Bool, text: String) {
        let configuration = gateway.configuration
        switch step {
        case .tenant:
            return configuration.tenant.map { (true, "tenant \($0.id)") } ?? (false, "no tenant is configured")
        case .permissions:
            guard configuration.tenant != nil else { return (false, "there is no tenant yet to look at") }
            if let fault = look.fault("token for ", "changes of ", "group ", "members of ", "tenant") {
                return (false, fault)
            }
            // Nothing is ordered for people whom nobody could read.
            guard look.findings.contains(where: { $0.subject.hasPrefix("token for ") }) || look.orders > 0 else {
                return (false, "nobody has looked yet since the tenant was configured")
            }
            return (true, "the application may read what it must")
        case .intune:
            guard let intune = configuration.intune else {
                return (false, "section intune is missing; nothing is delivered to devices")
            }
            return look.fault("Intune").map { (false, $0) } ?? (true, "key \(intune.keyName)")
        case .agent:
            let names = configuration.keyRecoveryAgents.map(\.name)
            guard !names.isEmpty else { return (false, "nobody could open an archived key") }
            return look.fault("key recovery agent ").map { (false, $0) } ?? (true, names.joined(separator: ", "))
        case .authority: return authority()
        case .template:
            let names = configuration.templates.filter(\.enabled).map(\.name)
            return names.isEmpty
                ? (false, "no template is switched on: nobody gets a certificate")
                : (true, names.joined(separator: ", "))
        case .plan where look.isTakenOver, .first where look.isTakenOver:
            return (false, "what there is was taken over, and nothing is ordered here yet")
        case .plan:
            return look.orders > 0 ? (true, Plural(look.orders, "order").description) : (false, try await planText())
        case .first:
            return look.delivered > 0
                ? (true, Plural(look.delivered, "certificate").description + " delivered")
                : (false, look.orders > 0 ? "orders are on their way" : "nothing is ordered yet")
        }
    }

    private func authority() -> (isDone: Bool, text: String) {
        let names = gateway.backends.names
        guard !names.isEmpty else { return (false, "no CA is connected") }
        for name in names {
            if case .ready? = gateway.backends[name] { return (true, names.joined(separator: ", ")) }
        }
        if case .unusable(let reason)? = gateway.backends[names[0]] { return (false, "\(names[0]): \(reason)") }
        return (false, "\(names[0]) cannot be used")
    }

    /// Why nothing is ordered yet.
    private func planText() async throws -> String {
        guard gateway.configuration.templates.contains(where: \.enabled) else { return "there is no template yet" }
        if let problem = try await JobBook(gateway.ledger).runs()[.plan]?.problem { return problem }
        // What was never read is not empty.
        do { try await gateway.planner.mirror.requireAddresses() } catch is GraphError {
            return "the directory has not been read to its end: 'certway plan' reads it, and so does the service"
        }
        var plans: [PlanSummary] = []
        for template in try await gateway.planner.planned(gateway.configuration) {
            plans.append(try await gateway.planner.last(template))
        }
        let spending = try await Spending.read(
            gateway.ledger, for: gateway.configuration, at: gateway.ledger.clock.now())
        return PlanLimits(plans, gateway.configuration.limits, spending).sentences.first
            ?? plans.flatMap(\.standstill).first
            ?? "nothing is planned yet: 'certway plan' shows it, 'certway run --once' or the service places it"
    }
}
