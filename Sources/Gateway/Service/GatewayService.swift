// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Fulfilment
import Ledger
import Planning
import Synchronization

/// The running gateway: a loop for the directory, one for the planner, a lane for each backend CA. None waits for another,
/// each reads the configuration of the moment, and a stop ends all within seconds.
public final class GatewayService: Sendable {
    /// How often the planner looks for a consent or a changed configuration; one look-up each.
    static let glance = Duration.seconds(1)
    static let restAfterError = Duration.seconds(30)
    /// How often the planner looks whose turn comes next while an incident is open.
    private static let incidentLook = Duration.seconds(10)
    /// How often CAs and tenant are looked at for what they did by themselves.
    private static let watchPace = Duration.seconds(60)
    /// How often the outbox is looked at.
    private static let noticeLook = Duration.seconds(2)
    /// How often is looked which certificates came into use, or out of it, and whose turn it is in the directories.
    private static let publicationPace = Duration.seconds(10)
    /// How often orders are looked over for those that wait too long or cannot move.
    private static let longLook = Duration.seconds(20)

    let first: Gateway
    let isTakenOver: Bool
    let current: CurrentGateway
    let engine: EnrollmentEngine
    let presence: NodePresence
    private let directoryBell = WakeUp()
    let plannerBell = WakeUp()
    private let loops = Mutex<Task<Void, Never>?>(nil)
    private let directory = Mutex<EnrollmentPass.Report?>(nil)
    private let lastSign = Mutex<(at: ContinuousClock.Instant, sign: String)?>(nil)
    private let said = SaidOnce()
    let jobs: JobBook
    private let noticeLoop: NoticeLoop
    let deliveryWatch = DeliveryWatch()
    private let keyWatch = KeyWatch()
    let driftWatch: DriftWatch?
    let loopFigures: Mutex<ServiceFigures>

    /// - Parameters:
    ///   - isTakenOver: whether this process works on the folder already, because passes were made before.
    ///   - comparison: compares ledger and world, keeps what is found, and gives its numbers; nil where nothing is compared.
    ///   - digest: what the daily mail to administrators says, by placeholder; nil for none.
    public init(
        _ gateway: Gateway, isTakenOver: Bool = false,
        comparison: (@Sendable (Gateway) async throws -> [String: Int])? = nil,
        digest: (@Sendable (Gateway) async throws -> [String: String])? = nil
    ) {
        first = gateway
        noticeLoop = NoticeLoop(digest: digest)
        driftWatch = comparison.map(DriftWatch.init)
        self.isTakenOver = isTakenOver
        loopFigures = Mutex(ServiceFigures(startedAt: gateway.ledger.clock.now()))
        let memory = EngineMemory()
        let current = CurrentGateway(gateway, memory: memory)
        self.current = current
        presence = NodePresence(gateway)
        jobs = JobBook(gateway.ledger)
        engine = EnrollmentEngine(memory: memory, owner: gateway.owner) { try await current.context() }
    }

    /// Whether it has joined the others and works.
    public var isServing: Bool { loops.withLock { $0 != nil } }

    /// The gateway as it is configured now; one look-up when nothing has changed.
    public func gateway() async throws -> Gateway { try await current.latest() }

    /// What it has done and how it stands; costs nothing.
    public var figures: ServiceFigures {
        var figures = loopFigures.withLock(\.self)
        figures.isServing = isServing
        figures.isStopping = engine.isStopping
        figures.isPlanning = presence.lease != nil
        figures.engine = engine.figures
        figures.standing = said.standing
        return figures
    }

    /// Ends reading, planning and all waiting at once, and what has left for a CA or for Intune within seconds.
    public func stop() {
        engine.stop()
        loops.withLock { $0?.cancel() }
        directoryBell.ring()
        plannerBell.ring()
    }

    /// Serves until `stop`.
    ///
    /// - Throws: `SettingsError` when another process works on the folder or the first configuration cannot be used.
    public func run() async throws {
        if !isTakenOver { try await first.takeFolder() }
        guard try await joins() else { return log(.notice, "stopped") }
        // Before anything is ordered: one of our own CAs may come from an older copy.
        if let gateway = try? await current.latest() { tell(await gateway.lookAtAuthorities()) }
        log(.notice, "serving from \(first.home.path)")
        let loops = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.presence.stay() }
                group.addTask { await self.directoryLoop() }
                group.addTask { await self.plannerLoop() }
                group.addTask { await self.alarmLoop() }
                group.addTask { await self.upkeepLoop() }
                group.addTask { await self.watchLoop() }
                group.addTask { await self.tell() }
                group.addTask { await self.keyLoop() }
                group.addTask { await self.publicationLoop() }
                group.addTask { await self.deliveryLoop() }
                group.addTask { await self.driftLoop() }
            }
        }
        self.loops.withLock { $0 = loops }
        if engine.isStopping { loops.cancel() }
        await learnTheTime()
        await engine.serve()
        loops.cancel()
        await loops.value
        await presence.leave()
        await first.lookAtAuthorities()
        log(.notice, "stopped")
    }

    /// The right to do what follows from the calendar: that to plan, as long as the clock can be trusted. It can once it was held against
    /// Microsoft's: what follows in the moment before that, such as the end of a key, is not taken back.
    private func charge() async -> NodeLease? {
        guard presence.lease != nil, await first.learntClockSign() == nil else { return nil }
        return presence.lease
    }

    /// Whatever is due when this begins was due by a clock that nobody has held against Microsoft's yet: waits until the reading of the
    /// directory has done so, or cannot.
    private func learnTheTime() async {
        let end = ContinuousClock.now + Self.restAfterError
        while !engine.isStopping, ContinuousClock.now < end, presence.lease != nil, first.clockMinutes == nil,
            loopFigures.withLock({ $0.directory.succeeded + $0.directory.failed }) == 0
        {
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The right to read the directory and to plan; waits until this node has it.
    ///
    /// - Throws: `CancellationError`.
    private func right() async throws -> NodeLease {
        while true {
            if let lease = presence.lease { return lease }
            try await Task.sleep(for: Self.glance)
        }
    }

    /// Reads the directory every `limits.interval`, and at once when the configuration has changed.
    private func directoryLoop() async {
        var seen: Int64?
        while !engine.isStopping {
            if await isPaused(.directory) {
                await directoryBell.wait(atMost: Self.glance)
                continue
            }
            var rest = Self.restAfterError
            let start = now
            var begun: Date?
            do {
                let lease = try await right()
                begun = await jobs.begin(.directory)
                let (report, revision) = try await current.readDirectory(under: lease)
                seen = revision
                directory.withLock { $0 = report }
                note(\.directory, succeeded: true)
                say(.error, "directory", []) { _ in "the directory can be read again" }
                plannerBell.ring()
                rest = try await current.latest().configuration.limits.interval
                if let begun {
                    await jobs.end(
                        .directory, begun: begun, next: rest, problem: report.problems.first,
                        facts: ["templates": report.templates ?? 0])
                }
            } catch is CancellationError {
                return
            } catch {
                if let begun { await jobs.end(.directory, begun: begun, next: rest, problem: "\(error)") }
                note(\.directory, succeeded: false)
                say(.error, "directory", "the directory cannot be read, trying again in 30 s: \(error)")
            }
            let end = ContinuousClock.now + rest
            while !engine.isStopping, ContinuousClock.now < end {
                await directoryBell.wait(atMost: min(Self.glance, end - .now))
                if let revision = try? await first.revision, revision != seen { break }
                if let asked = try? await JobWish.of(.directory, in: first.ledger).runAskedAt, asked > start { break }
            }
        }
    }

    /// Whether somebody lets it rest. A database that cannot say so stops nothing: the work itself meets it.
    func isPaused(_ job: JobBook.Job) async -> Bool {
        (try? await JobWish.of(job, in: first.ledger).isPaused) ?? false
    }

    /// Plans whenever the directory was read, and places orders within the limits or a person's consent.
    private func plannerLoop() async {
        var (read, planned): (EnrollmentPass.Report?, EnrollmentPass.Report?)
        var last: (read: EnrollmentPass.Report, at: ContinuousClock.Instant)?
        while !engine.isStopping {
            var begun: Date?
            do {
                let lease = try await right()
                let gateway = try await current.latest()
                read = directory.withLock { exchange(&$0, with: nil) } ?? read
                // What follows from a wrong time is not taken back when it is right again.
                let clockSign = gateway.clockSign
                say(.error, "clock", [clockSign].compactMap(\.self), over: SaidOnce.isOver)
                guard clockSign == nil else {
                    await plannerBell.wait(atMost: Self.glance)
                    continue
                }
                if read == nil, let last, last.at.duration(to: .now) > Self.incidentLook,
                    try await !gateway.planner.incidents.open().isEmpty
                {
                    // Certificates come and pace allows without the directory having changed.
                    read = last.read
                }
                if let report = read {
                    begun = await jobs.begin(.plan)
                    planned = try await current.pass(under: lease).evaluate(report)
                    (read, last) = (nil, (report, .now))
                    note(\.planning, succeeded: true)
                    note(planned?.unknown ?? [])
                    say(.error, "planner", []) { _ in "planning works again" }
                }
                let decided = planned
                if let plan = planned, plan.hasWork, await !isPaused(.plan) {
                    planned = try await place(plan, gateway, lease)
                } else if let plan = planned {
                    tell(plan)
                }
                if let begun { await end(begun, decided, gateway) }
            } catch is CancellationError {
                return
            } catch {
                if let begun { await jobs.end(.plan, begun: begun, problem: "\(error)") }
                note(\.planning, succeeded: false)
                say(.error, "planner", "planning failed, trying again: \(error)")
            }
            await plannerBell.wait(atMost: Self.glance)
        }
    }

    /// Notes what a pass has found.
    private func end(_ begun: Date, _ report: EnrollmentPass.Report?, _ gateway: Gateway) async {
        let plans = report?.plans ?? []
        await jobs.end(
            .plan, begun: begun, next: gateway.configuration.limits.interval,
            facts: [
                "people": plans.reduce(0) { $0 + $1.members }, "orders": plans.reduce(0) { $0 + $1.toOrder },
                "endings": plans.reduce(0) { $0 + $1.toEnd },
            ])
    }

    /// - Returns: the plan as far as it is still to be placed; nil when all of it is in the ledger.
    private func place(
        _ plan: EnrollmentPass.Report, _ gateway: Gateway, _ lease: NodeLease
    ) async throws -> EnrollmentPass.Report? {
        let limits = PlanLimits(plan.plans, gateway.configuration.limits, plan.spending)
        let isOver = !limits.sentences.isEmpty
        // The alarm loop says it.
        guard gateway.sealingKeyFault() == nil else { return plan }
        // The sign costs questions to Intune, so it is looked for only where orders would be placed.
        var isPlaceable = plan.hasIncidentWork || plan.plans.contains(where: limits.letsPass)
        if !isPlaceable { isPlaceable = try await OrderConsent.pending(on: gateway.database) != nil }
        if isPlaceable, let sign = try await restoreSign(gateway) {
            say(.error, "restore", sign)
            return plan
        }
        let consent =
            isOver
            ? try await OrderConsent.take(
                forPlanOf: plan.wanted, costing: limits.overBudget, on: gateway.database, at: now) : nil
        if let consent { log(.notice, "\(consent.actor) has consented to \(consent.sentence)") }
        let report = try await current.pass(under: lease).place(plan, consent: consent)
        tell(report)
        if report.planned > 0 { log(.notice, "\(Plural(report.planned, "order")) planned") }
        if report.ended > 0 { log(.notice, "the end of \(Plural(report.ended, "certificate")) planned") }
        if report.planned + report.ended > 0 { engine.wakeUp() }
        return report.overLimit.isEmpty ? nil : report.rest
    }

    private func note(_ loop: WritableKeyPath<ServiceFigures, LoopFigures>, succeeded: Bool) {
        loopFigures.withLock { figures in
            if succeeded {
                figures[keyPath: loop].succeeded += 1
                figures[keyPath: loop].lastSuccess = now
            } else {
                figures[keyPath: loop].failed += 1
            }
        }
    }

    var now: Date { first.ledger.clock.now() }

    /// The sign of an older database, looked for again after a while as long as it is there.
    private func restoreSign(_ gateway: Gateway) async throws -> String? {
        let known = lastSign.withLock { $0 }
        if let known, known.at.duration(to: .now) < Self.restAfterError { return known.sign }
        let sign = try await gateway.restoreSign(try await current.graph())
        lastSign.withLock { $0 = sign.map { (ContinuousClock.now, $0) } }
        return sign
    }

    /// What somebody has to mend or to decide, once for each time it changes.
    private func tell(_ report: EnrollmentPass.Report) {
        say(.warning, "plan", report.problems, over: SaidOnce.worksAgain)
        say(.warning, "standstill", report.standstill, over: SaidOnce.isOver)
        say(.warning, "limit", report.overLimit)
    }

    private func alarmLoop() async {
        let start = now
        var lastLook: ContinuousClock.Instant?
        var obstacles: [OrderObstacle] = []
        while !engine.isStopping, !Task.isCancelled {
            if lastLook.map({ $0.duration(to: .now) > Self.longLook }) ?? true {
                lastLook = .now
                if let gateway = try? await current.latest(),
                    let overlong = try? await gateway.waitingOverlong(at: now)
                {
                    say(.warning, "overlong", overlong, over: SaidOnce.isOver)
                }
                // What failed for once is over by now.
                if let found = try? await first.ledger.obstacles(since: start) {
                    obstacles = found
                    say(.warning, "obstacles", found.map { $0.sentence(at: now) }, over: SaidOnce.isOver)
                }
                // Also while nothing is to be ordered: a directory that was read later than the copy was made names nobody to order for.
                if let sign = try? await first.restoreSign(nil) { say(.error, "older copy", sign) }
                if let gateway = try? await current.latest(), let doubts = try? await gateway.restoreDoubts() {
                    say(.error, "older copy of a CA", doubts.stops)
                    say(.warning, "older copy, looked for", doubts.notes)
                }
                if let found = try? await first.ledger.actionObstacles(failedSince: start) {
                    say(.warning, "actions", found.map(\.sentence), over: SaidOnce.isOver)
                }
                if let found = try? await first.incidentProblems(asStored: true) {
                    say(.error, "incidents", found, over: SaidOnce.isOver)
                }
                if let breach = try? await first.store.lookAtAuditTrail() {
                    say(.error, "audit trail", breach)
                }
                if let gateway = try? await current.latest(), let found = try? await gateway.certificatesToDecideOn() {
                    say(.warning, "certificates to decide on", found, over: SaidOnce.isOver)
                }
                if let sentences = try? await current.latest().failoverSentences() {
                    say(.warning, "failover", sentences, over: SaidOnce.isOver)
                }
                if let sentences = try? await current.latest().unconfirmedIssuers() {
                    say(.warning, "new issuers", sentences, over: SaidOnce.isOver)
                }
                if let waiting = try? await first.waitingOrders() { say(.notice, "waiting", waiting) }
                let newest = (try? await current.latest()) ?? first
                if newest.isTimeProven {
                    try? await first.ledger.eraseKeptKeys(keeping: newest.keepingOfKeys)
                    _ = try? await newest.packages.expire()
                }
            }
            await lookAtLoops()
            say(.error, "sealing key", [first.sealingKeyFault()].compactMap(\.self), over: SaidOnce.isOver)
            if let gateway = try? await current.latest() {
                say(
                    .error, "applied files", gateway.configuration.exchangedFiles.map(\.sentence), over: SaidOnce.isOver
                )
                say(.warning, "alarms", gateway.alarms(besides: obstacles), over: SaidOnce.worksAgain)
            }
            try? await Task.sleep(for: .seconds(2))
        }
    }

    /// CRLs of CAs of our own and what else is due there; whether anybody orders or not.
    private func upkeepLoop() async {
        await learnTheTime()
        while !engine.isStopping, !Task.isCancelled {
            // A list that is signed by a wrong clock is valid for nobody.
            if let gateway = try? await current.latest(), gateway.clockSign == nil {
                tell(await gateway.maintainAuthorities())
            }
            try? await Task.sleep(for: .seconds(2))
        }
    }

    /// Keys of mailboxes and earlier keys, with those who are to have them; one node does it.
    private func keyLoop() async {
        while !engine.isStopping, !Task.isCancelled {
            if await charge() != nil, let gateway = try? await current.latest() {
                do {
                    let reads = loopFigures.withLock(\.directory.succeeded)
                    let found = try await keyWatch.look(gateway, directoryReads: reads) {
                        try await self.current.context()
                    }
                    if let found { say(.warning, "keys", found, over: SaidOnce.isOver) }
                } catch is CancellationError {
                    return
                } catch {
                    say(.error, "keys", "which keys are on whose devices cannot be seen to: \(error)")
                }
            }
            try? await Task.sleep(for: KeyWatch.pace)
        }
    }

    /// Tells people what has happened: one node reads it, every node sends.
    private func tell() async {
        var read: ContinuousClock.Instant?
        while !engine.isStopping, !Task.isCancelled {
            var pause: Duration?
            do {
                let gateway = try await current.latest()
                // By a clock that runs ahead everything is too old to be told.
                if await first.learntClockSign() == nil {
                    if let lease = presence.lease, read.map({ $0.duration(to: .now) >= Self.noticeLook }) ?? true {
                        read = .now
                        try await noticeLoop.read(gateway, under: lease)
                    }
                    pause = try await noticeLoop.send(gateway)
                }
                say(.error, "notices", []) { _ in "notices are sent again" }
            } catch is CancellationError {
                return
            } catch {
                say(.error, "notices", "notices cannot be sent, trying again: \(error)")
            }
            try? await Task.sleep(for: pause ?? Self.noticeLook)
        }
    }

    /// What CAs and administrators of the tenant did by themselves; one node looks.
    private func watchLoop() async {
        var counted: ContinuousClock.Instant?
        while !engine.isStopping, !Task.isCancelled {
            if presence.lease != nil, counted.map({ $0.duration(to: .now) > .seconds(86_400) }) ?? true {
                counted = .now
                await recount()
            }
            if await charge() != nil, let gateway = try? await current.latest(),
                let context = try? await current.context()
            {
                let begun = await jobs.begin(.watch)
                do { try await gateway.lookAtOutages() } catch {
                    log(.error, "whether CAs take orders cannot be noted: \(error)")
                }
                let found = await gateway.watch(context)
                for sentence in found.learnt { log(.warning, sentence) }
                say(.error, "watch", found.problems)
                await jobs.end(.watch, begun: begun, next: Self.watchPace, problem: found.problems.first)
            }
            try? await Task.sleep(for: Self.watchPace)
        }
    }

    /// Makes directories hold what is in use; one node does.
    private func publicationLoop() async {
        while !engine.isStopping, !Task.isCancelled {
            if await charge() != nil, let gateway = try? await current.latest(), await !isPaused(.publication) {
                say(
                    .warning, "publication", await gateway.publish(in: jobs, Self.publicationPace),
                    over: SaidOnce.worksAgain)
            }
            try? await Task.sleep(for: Self.publicationPace)
        }
    }

    /// An older program that ran beside this one during an upgrade has not kept the ledger's numbers.
    private func recount() async {
        guard let gateway = try? await current.latest() else { return }
        do {
            let wrong = try await gateway.ledger.recount()
            if wrong > 0 { log(.warning, "\(Plural(wrong, "number")) of orders and certificates counted anew") }
        } catch {
            log(.error, "orders and certificates cannot be counted: \(error)")
        }
    }

    private func tell(_ upkeep: BackendCARegistry.Upkeep) {
        for sentence in upkeep.done { log(.notice, sentence) }
        say(.error, "upkeep", upkeep.problems, over: SaidOnce.isOver)
    }

    func say(_ level: LogLevel, _ topic: String, _ sentence: String) { say(level, topic, [sentence]) }

    /// - Parameter over: what is said where a sentence of the last time is about something that is nothing more; nil for nothing.
    func say(_ level: LogLevel, _ topic: String, _ sentences: [String], over: ((String) -> String)? = nil) {
        let change = said.change(topic, sentences)
        for sentence in change.new { log(level, sentence) }
        if let over { for sentence in change.over { log(.notice, over(sentence)) } }
    }

    func log(_ level: LogLevel, _ message: String) { first.logger.log(level, message, fields: []) }
}
