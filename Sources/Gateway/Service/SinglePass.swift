// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Fulfilment
import Ledger
import Planning
import Synchronization

/// One pass: directory, plan, orders within the limits, work on what is due.
public final class SinglePass: Sendable {
    /// What the pass found and did, and what stands in the way.
    public struct Report: Sendable {
        public var plans: [PlanSummary] = []
        /// Orders made in the ledger by this pass.
        public var planned = 0
        /// Certificates and orders whose end was put on record by this pass.
        public var ended = 0
        /// Orders that became active in this pass.
        public var activated = 0
        /// Certificates that CAs have revoked for somebody here in this pass, and those taken out of Intune.
        public var revoked = 0
        public var withdrawn = 0
        /// Keys of mailboxes, and earlier ones, brought to people's devices in this pass, and taken from them.
        public var keysDelivered = 0
        public var keysWithdrawn = 0
        /// Certificates that others find in a directory since this pass, and those that they find there no more.
        public var published = 0
        public var unpublished = 0
        public var counts: [OrderCount] = []
        /// What has not left although nothing is wrong, and goes on by itself; one sentence each.
        public var waiting: [String] = []
        /// What keeps orders from moving on, one sentence for each cause, with the number of orders and the next step.
        public var causes: [String] = []

        public var held: Int { counts.reduce(0) { $0 + $1.held } }
    }

    private let gateway: Gateway
    private let current: CurrentGateway
    private let engine: EnrollmentEngine
    private let onActivity: @Sendable (EnrollmentPass.Activity) -> Void
    private let notices: NoticeLoop
    private let hasTakenOver = Atomic(false)
    private let presence: NodePresence

    /// - Parameters:
    ///   - digest: what the daily mail to administrators says, by placeholder; nil for none.
    ///   - onActivity: for a person who watches; called from any task.
    public init(
        _ gateway: Gateway, digest: (@Sendable (Gateway) async throws -> [String: String])? = nil,
        onActivity: @escaping @Sendable (EnrollmentPass.Activity) -> Void = { _ in }
    ) {
        self.gateway = gateway
        notices = NoticeLoop(digest: digest)
        self.onActivity = onActivity
        let memory = EngineMemory()
        let current = CurrentGateway(gateway, memory: memory)
        self.current = current
        presence = NodePresence(gateway, level: .info)
        engine = EnrollmentEngine(memory: memory, owner: gateway.owner) { try await current.context() }
    }

    /// Ends the pass within seconds; nothing is lost.
    public func stop() { engine.stop() }

    /// May be called again for a further pass.
    ///
    /// - Parameters:
    ///   - consented: number of new orders a person has agreed to; nil for the configured limit.
    ///   - cost: what they may cost where that is over a budget.
    ///   - actor: who has agreed to it.
    ///   - deadline: until when to wait for orders that become due later; nil to return as soon as nothing is due.
    /// - Throws: `SettingsError` when another process works on the folder or a file cannot be used; `StoreError`.
    public func run(
        consented: Int?, cost: Money? = nil, by actor: String = "--accept-orders", until deadline: Date?
    ) async throws -> Report {
        if !hasTakenOver.exchange(true, ordering: .relaxed) { try await gateway.takeOver() }
        try await presence.join()
        let staying = Task { await presence.stay() }
        defer { staying.cancel() }
        do {
            let consent = consented.map {
                OrderConsent(actor: actor, grantedAt: now, orders: $0, cost: MoneySum(cost))
            }
            let report = try await pass(consented: consent, until: deadline)
            await presence.leave()
            return report
        } catch {
            await presence.leave()
            throw error
        }
    }

    private func pass(consented: OrderConsent?, until deadline: Date?) async throws -> Report {
        var report = Report()
        let start = now
        let lease = presence.lease
        var directory = EnrollmentPass.Report()
        if lease != nil { directory = try await current.readDirectory(under: lease, onActivity).report }
        // The answers of the tenant have told the time. With a wrong one graces and validities seem over, and what follows from that is
        // not taken back when it is right again.
        if let sign = await gateway.learntClockSign() {
            report.causes = [sign] + directory.problems
            report.counts = try await gateway.ledger.counts()
            return report
        }
        let upkeep = await gateway.maintainAuthorities()
        for sentence in upkeep.done { gateway.logger.log(.notice, sentence, fields: []) }
        if lease != nil { try await current.latest().lookAtOutages() }
        let pass = try await current.pass(under: lease, onActivity)
        var plan = lease == nil ? EnrollmentPass.Report() : try await pass.evaluate(directory)
        let fault = gateway.sealingKeyFault()
        if lease == nil {
            report.waiting.append("another node reads the directory and plans: see 'certway node list'")
        } else if fault != nil {
            // Nothing is placed that would wait for a person; said below.
        } else if let sign = try await gateway.restoreSign(plan.hasWork ? try await current.graph() : nil) {
            // What is kept beside the database costs nothing to ask, so it is said also where nobody is to be ordered for.
            report.causes.append(sign)
        } else {
            var given = consented
            if given == nil {
                given = try await consent(to: plan)
            } else if !PlanLimits(plan.plans, gateway.configuration.limits, plan.spending).sentences.isEmpty {
                try await given?.note(on: gateway.database)
            }
            plan = try await pass.place(plan, consent: given)
        }
        let found = lease == nil ? nil : await gateway.watch(try await current.context())
        for sentence in found?.learnt ?? [] { gateway.logger.log(.warning, sentence, fields: []) }
        report.causes += found?.problems ?? []
        try await engine.work(until: deadline) { [onActivity] in
            onActivity(.working(activated: $0.activated, inFlight: $0.inFlight, steps: $0.steps))
        }
        if lease != nil {
            let keys = try await KeyHoldingPass(
                try await current.context(), rules: gateway.keyHoldingRules, recovery: gateway.configuration.recovery
            ).run()
            report.causes += keys.problems.isEmpty ? try await gateway.keyProblems() : keys.problems
            (report.keysDelivered, report.keysWithdrawn) = (keys.delivered, keys.withdrawn)
        }
        if lease != nil { try await gateway.noteOutages() }
        if lease != nil {
            let published = try await current.latest().publish(limit: Int.max >> 32)
            (report.published, report.unpublished) = (published.published, published.withdrawn)
            report.causes += published.problems
            report.causes += try await gateway.standingPublications(beside: published.problems)
        }
        // What was issued meanwhile is remembered, too: a folder from before it is an older copy.
        await gateway.lookAtAuthorities()
        // The orders are placed: what fails here is for the next pass.
        if gateway.isTimeProven { try? await gateway.ledger.eraseKeptKeys(keeping: gateway.keepingOfKeys) }
        // Nobody waits for mails to learn what was done.
        do {
            if let lease { try await notices.postDigest(gateway, lease) }
            try await current.latest().sendNotices(limit: 1000)
        } catch {
            gateway.logger.log(.error, "notices cannot be sent: \(error)", fields: [])
        }
        report.plans = plan.plans
        report.planned = plan.planned
        report.ended = plan.ended
        report.activated = engine.activated
        let taken = try await gateway.ledger.actionsTaken(since: start)
        (report.revoked, report.withdrawn) = (taken[.revoke] ?? 0, taken[.withdraw] ?? 0)
        report.counts = try await gateway.ledger.counts()
        let doubts = try await gateway.restoreDoubts()
        report.waiting += try await gateway.waitingOrders() + doubts.notes
        report.causes += doubts.stops
        report.waiting += try await current.latest().failoverSentences()
        report.waiting += try await gateway.unconfirmedIssuers()
        report.waiting += try await gateway.missingKeys()
        // What has happened to it since counts as well.
        report.causes += [gateway.sealingKeyFault() ?? fault].compactMap(\.self)
        report.causes += gateway.configuration.exchangedFiles.map(\.sentence)
        report.causes += upkeep.problems + plan.problems + plan.standstill + plan.overLimit
        report.causes += try await gateway.standingOrders(at: now, endedSince: start) + leftOver()
        report.causes += try await gateway.incidentProblems()
        report.causes += try await gateway.certificatesToDecideOn()
        report.causes += try await gateway.ledger.actionObstacles(failedSince: start).map(\.sentence)
        return report
    }

    /// What a person has approved of this plan, where it needs that; it is used up.
    private func consent(to plan: EnrollmentPass.Report) async throws -> OrderConsent? {
        let limits = PlanLimits(plan.plans, gateway.configuration.limits, plan.spending)
        guard !limits.sentences.isEmpty else { return nil }
        return try await OrderConsent.take(
            forPlanOf: plan.wanted, costing: limits.overBudget, on: gateway.database, at: now)
    }

    private var now: Date { gateway.ledger.clock.now() }

    /// What is due and was not taken up, by backend CA.
    private func leftOver() async throws -> [String] {
        var sentences: [String] = []
        let now = now
        for name in try await gateway.ledger.backendCAs().sorted() {
            let left = try await gateway.ledger.dueCount(by: now, backendCA: name)
            guard left > 0 else { continue }
            sentences.append(
                "backend CA \(name): \(Plural(left, "order is due and was", "orders are due and were")) left to the next pass"
            )
        }
        return sentences
    }
}
