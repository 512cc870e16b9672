// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Synchronization

/// Works on the orders of the ledger, and on what is asked to be done to certificates, in one lane for each backend CA and one for
/// Intune. Lanes never wait for each other: a CA that is down,
/// throttles or answers slowly fills its own places and nobody else's.
///
/// The engine knows nothing of directory and planner. It takes up what is due, with the configuration of that moment.
public final class EnrollmentEngine: Sendable {
    /// What the engine has done so far.
    public struct Progress: Sendable {
        public var inFlight = 0
        public var steps = 0
        public var activated = 0
    }

    private struct State {
        var progress = Progress()
        /// What is in hand, each with the task that carries it.
        var tasks: [WorkItem: Task<Void, Never>] = [:]
        var lanes: [CertificateActionLane: WakeUp] = [:]
        var isStopping = false
        var figures = EngineFigures()
    }

    /// How long a claim holds. CERTWAY_TEST_LEASE, in seconds, lets a test see it run out.
    public static let usualLease: Duration = .seconds(
        ProcessInfo.processInfo.environment["CERTWAY_TEST_LEASE"].flatMap { Int($0) } ?? 300)

    let memory: EngineMemory
    let owner: String
    let lease: Duration
    private let makeContext: @Sendable () async throws -> EnrollmentContext
    private let grace: Duration
    private let state = Mutex(State())
    private let stopped = WakeUp()

    /// - Parameters:
    ///   - memory: the same that the contexts have.
    ///   - owner: name of this node, for leases; the same after a restart.
    ///   - lease: how long a claim holds; renewed while the order is worked on, so it only has to outlast a short absence
    ///     of the database.
    ///   - grace: how long a stop waits for what is happening outside before it breaks it off; what is broken off is
    ///     searched for by the next process.
    ///   - context: the gateway as it is configured now; asked whenever orders are taken up.
    public init(
        memory: EngineMemory, owner: String, lease: Duration = EnrollmentEngine.usualLease,
        grace: Duration = .seconds(5),
        context: @escaping @Sendable () async throws -> EnrollmentContext
    ) {
        self.memory = memory
        self.owner = owner
        self.lease = lease
        self.grace = grace
        makeContext = context
    }

    /// Takes up nothing new, ends all waiting at once, and lets what is happening outside come to its end for `grace`.
    public func stop() {
        memory.effects.stop()
        let (tasks, lanes) = state.withLock { state in
            state.isStopping = true
            return (state.tasks, state.lanes)
        }
        for (item, task) in tasks where !memory.effects.contains(item) { task.cancel() }
        for lane in lanes.values { lane.ring() }
        stopped.ring()
        Task {
            try? await Task.sleep(for: grace)
            for task in state.withLock(\.tasks).values { task.cancel() }
        }
    }

    public var isStopping: Bool { state.withLock(\.isStopping) }

    /// Tells the lanes that something may have become due.
    public func wakeUp() { for lane in state.withLock(\.lanes).values { lane.ring() } }

    /// Orders this engine has made active.
    public var activated: Int { state.withLock(\.progress.activated) }

    /// What this engine has done, in numbers.
    public var figures: EngineFigures {
        state.withLock { state in
            var figures = state.figures
            figures.inFlight = state.progress.inFlight
            return figures
        }
    }

    /// Works until nothing is due, or nothing becomes due before `deadline`. Each order is tried once unless it waits for
    /// less than until `deadline`, so that a CA which always says "again" does not keep the pass from ending.
    ///
    /// - Parameters:
    ///   - deadline: until when to wait for orders that become due later; nil to return as soon as nothing is due.
    ///   - onProgress: called after each finished order step, from any task.
    /// - Throws: the first error of the ledger, once all lanes have ended what they had in hand; each order stays as last
    ///   committed and is taken up by the next pass.
    public func work(until deadline: Date?, onProgress: @escaping @Sendable (Progress) -> Void = { _ in }) async throws
    {
        let context = try await makeContext()
        let names = try await context.ledger.backendCAs().union(context.backends.names)
        try await context.ledger.undoFuture(backendCAs: names)
        let horizon = deadline.map(Lane.Horizon.until) ?? .dueBy(context.clock.now())
        let error = await withTaskCancellationHandler {
            await withTaskGroup(of: (any Error)?.self) { lanes in
                for lane in Self.lanes(names) { lanes.addTask { await self.lane(lane, onProgress).run(horizon) } }
                return await lanes.reduce(nil) { $0 ?? $1 }
            }
        } onCancel: {
            stop()
        }
        if let error { throw error }
    }

    /// Works until `stop`, whatever fails: an error is logged and what it concerns is taken up again.
    public func serve() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { lanes in
                var known: Set<CertificateActionLane> = []
                var lookedAhead: ContinuousClock.Instant?
                while !isStopping {
                    do {
                        let context = try await makeContext()
                        let names = try await context.ledger.backendCAs().union(context.backends.names)
                        for lane in Self.lanes(names).subtracting(known) {
                            known.insert(lane)
                            lanes.addTask { _ = await self.lane(lane) { _ in }.run(.untilStopped) }
                        }
                        if lookedAhead.map({ ContinuousClock.now - $0 > .seconds(60) }) ?? true {
                            try await context.ledger.undoFuture(backendCAs: names)
                            lookedAhead = .now
                        }
                    } catch {
                        // The lanes say so themselves; here it only delays the discovery of a new one.
                    }
                    await stopped.wait(atMost: .seconds(1))
                }
            }
        } onCancel: {
            stop()
        }
    }

    private static func lanes(_ backendCAs: Set<String>) -> Set<CertificateActionLane> {
        Set(backendCAs.map(CertificateActionLane.backendCA)).union([.intune])
    }

    private func lane(
        _ lane: CertificateActionLane, _ onProgress: @escaping @Sendable (Progress) -> Void
    ) -> Lane {
        let bell = WakeUp()
        state.withLock { $0.lanes[lane] = bell }
        return Lane(lane, engine: self, bell: bell, onProgress: onProgress)
    }
}

extension EnrollmentEngine {
    func context() async throws -> EnrollmentContext { try await makeContext() }

    /// The orders in hand, which nobody may take up a second time: a clock that jumps makes their leases look old.
    var inHand: Set<Int64> {
        state.withLock { Set($0.tasks.keys.compactMap { if case .order(let id) = $0 { id } else { nil } }) }
    }

    /// The same for actions.
    var actionsInHand: Set<Int64> {
        state.withLock { Set($0.tasks.keys.compactMap { if case .action(let id) = $0 { id } else { nil } }) }
    }

    /// Starts the work on an order: a task of its own, which only `stop` or a lost lease breaks off.
    ///
    /// - Parameter onEnd: called when the order is out of hand, with the error of the store that ended it.
    func start(
        _ claim: Claim, _ context: EnrollmentContext, onProgress: @escaping @Sendable (Progress) -> Void,
        onEnd: @escaping @Sendable ((any Error)?) -> Void
    ) {
        let carrier = OrderCarrier(context: context, lease: lease) { before, order in
            let finished = order.stage == .active
            self.state.withLock { $0.figures.note(before, order) }
            onProgress(
                self.note {
                    $0.steps += 1
                    if finished { $0.activated += 1 }
                })
        }
        start(.order(claim.orderID), onEnd: onEnd) { try await carrier.carry(claim) }
    }

    /// The same for an action.
    func start(
        _ claim: CertificateActionClaim, _ context: EnrollmentContext,
        onProgress: @escaping @Sendable (Progress) -> Void, onEnd: @escaping @Sendable ((any Error)?) -> Void
    ) {
        let carrier = ActionCarrier(context: context, lease: lease) { _ in
            onProgress(self.note { $0.steps += 1 })
        }
        start(.action(claim.action.id), onEnd: onEnd) { try await carrier.carry(claim) }
    }

    private func start(
        _ item: WorkItem, onEnd: @escaping @Sendable ((any Error)?) -> Void,
        _ carry: @escaping @Sendable () async throws -> Void
    ) {
        state.withLock { state in
            state.progress.inFlight += 1
            let task = Task {
                var failure: (any Error)?
                do { try await carry() } catch { failure = error }
                // Before the lane hears of it: what it then looks for may be this very one.
                self.state.withLock { state in
                    state.tasks[item] = nil
                    state.progress.inFlight -= 1
                }
                onEnd(failure)
            }
            state.tasks[item] = task
            if state.isStopping { task.cancel() }
        }
    }

    private func note(_ change: (inout Progress) -> Void) -> Progress {
        state.withLock { state in
            change(&state.progress)
            return state.progress
        }
    }
}
