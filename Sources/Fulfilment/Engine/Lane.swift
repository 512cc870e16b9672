// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Synchronization

/// The orders of one backend CA and the revocations there, or the withdrawals from Intune, so many at a time. A place that becomes free, a bell and the clock each wake the lane, so
/// that one slow call holds up nobody while places are free.
struct Lane: Sendable {
    /// How long a lane works.
    enum Horizon: Sendable {
        /// On what was due at a moment, once.
        case dueBy(Date)
        /// Also on what becomes due before a moment.
        case until(Date)
        case untilStopped
    }

    /// How long to rest at most between two looks at the ledger, where other processes write, too.
    private static let rest = Duration.milliseconds(500)
    /// How long a lane that serves rests after an error of the store or the configuration.
    private static let restAfterError = Duration.seconds(5)

    let lane: CertificateActionLane
    let engine: EnrollmentEngine
    let bell: WakeUp
    let onProgress: @Sendable (EnrollmentEngine.Progress) -> Void
    private let hand = Hand()

    init(
        _ lane: CertificateActionLane, engine: EnrollmentEngine, bell: WakeUp,
        onProgress: @escaping @Sendable (EnrollmentEngine.Progress) -> Void
    ) {
        self.lane = lane
        self.engine = engine
        self.bell = bell
        self.onProgress = onProgress
    }

    /// - Returns: the first error of the store, where the horizon has an end.
    func run(_ horizon: Horizon) async -> (any Error)? {
        var failure: (any Error)?
        while true {
            failure = failure ?? hand.takeError()
            if engine.isStopping || (failure != nil && !horizon.isEndless) {
                guard hand.count > 0 else { return failure }
                await bell.wait(atMost: Self.rest)
                continue
            }
            do {
                if let error = failure { throw error }
                guard try await look(horizon) else { return nil }
            } catch {
                guard horizon.isEndless else {
                    failure = error
                    continue
                }
                failure = nil
                await report(error)
                await bell.wait(atMost: Self.restAfterError)
            }
        }
    }

    /// Takes up what is due and rests until there may be more.
    ///
    /// - Returns: false when nothing is left to do before the horizon.
    private func look(_ horizon: Horizon) async throws -> Bool {
        let context = try await engine.context()
        // Taken before claiming: an order that falls due between the two readings is seen by one of them.
        let now = context.clock.now()
        // What ends while this looks has changed the ledger behind it: only a hand that was empty all the time proves that
        // nothing is left.
        let wasBusy = hand.count > 0
        let pause = lane.backendCA.flatMap { context.backends.alarm(on: $0)?.pausedUntil }.flatMap {
            $0 > now ? $0 : nil
        }
        if pause == nil, !context.standsStill { try await takeUp(context, now, horizon) }
        if wasBusy || hand.count > 0 {
            await bell.wait(atMost: Self.rest)
            return true
        }
        guard !context.standsStill, let next = try await nextDue(context, now, pause), horizon.reaches(next) else {
            guard horizon.isEndless else { return false }
            await bell.wait(atMost: Self.rest)
            return true
        }
        // In small steps, so that a stop, a bell and what others write are noticed.
        let wait = Duration.milliseconds(Int(min(max(next.timeIntervalSince(now), 0.02), 0.5) * 1000))
        if horizon.isEndless { await bell.wait(atMost: wait) } else { try await context.clock.sleep(for: wait) }
        return true
    }

    private func takeUp(_ context: EnrollmentContext, _ now: Date, _ horizon: Horizon) async throws {
        var free = context.concurrency - hand.count
        // Claiming costs a commit, whatever the number of orders: a few free places are waited for where many are taken.
        guard free > 0, hand.count == 0 || free >= max(1, context.concurrency / 4) else { return }
        let cutoff = if case .dueBy(let date) = horizon { date } else { now }
        free -= try await takeUpActions(context, cutoff, atMost: lane.backendCA == nil ? free : max(1, free / 2))
        guard let name = lane.backendCA, free > 0 else { return }
        let inHand = engine.inHand
        let placing = OrderStage.beforeSubmission
        let isProven = try await context.hasProvenRoots(name)
        var isStopped = try await context.submissionStop(at: name) != nil
        if try await context.waitsForFirstCertificate(name, isProven: isProven) { isStopped = true }
        guard
            try await context.ledger.isDue(
                by: cutoff, backendCA: name, excluding: inHand, stages: isStopped ? placing : [])
        else { return }
        let goOneByOne = !isStopped && !isProven
        var claims = try await context.ledger.claim(
            limit: free, owner: engine.owner, leaseFor: engine.lease, backendCAs: [name], dueBy: cutoff,
            excluding: inHand, stages: isStopped || goOneByOne ? placing : [])
        if goOneByOne, hand.placing == 0, claims.count < free {
            claims += try await context.ledger.claim(
                limit: 1, owner: engine.owner, leaseFor: engine.lease, backendCAs: [name], dueBy: cutoff,
                excluding: inHand, stages: Set(OrderStage.allCases).subtracting(placing))
        }
        for claim in claims {
            let isPlacing = placing.contains(claim.order.stage)
            hand.add(isPlacing)
            engine.start(claim, context, onProgress: onProgress) { error in
                hand.remove(isPlacing, error)
                bell.ring()
            }
        }
    }

    /// Revocations and withdrawals; half of the free places, so that neither orders nor these wait for the others.
    ///
    /// - Returns: how many were taken up.
    private func takeUpActions(
        _ context: EnrollmentContext, _ cutoff: Date, atMost limit: Int
    ) async throws -> Int {
        let inHand = engine.actionsInHand
        guard try await context.ledger.isActionDue(lane, by: cutoff, excluding: inHand) else { return 0 }
        let claims = try await context.ledger.claimActions(
            lane, limit: limit, owner: engine.owner, leaseFor: engine.lease, dueBy: cutoff, excluding: inHand)
        for claim in claims {
            hand.add(false)
            engine.start(claim, context, onProgress: onProgress) { error in
                hand.remove(false, error)
                bell.ring()
            }
        }
        return claims.count
    }

    /// When something becomes due, or the CA may be called again; nil for never.
    private func nextDue(_ context: EnrollmentContext, _ now: Date, _ pause: Date?) async throws -> Date? {
        let action = try await context.ledger.nextActionDue(lane, after: now)
        guard let name = lane.backendCA else { return action }
        if let pause {
            if try await context.ledger.isDue(by: now, backendCA: name) { return pause }
            if try await context.ledger.isActionDue(lane, by: now) { return pause }
        }
        let order = try await context.ledger.nextDue(after: now, backendCAs: [name])
        return [order, action].compactMap(\.self).min().map { max($0, pause ?? $0) }
    }

    private func report(_ error: any Error) async {
        guard let context = try? await engine.context() else { return }
        context.logger.log(
            .error, "\(lane.title): \(error); trying again in \(Int(Self.restAfterError.seconds)) s", fields: [])
    }
}

extension Lane.Horizon {
    var isEndless: Bool { if case .untilStopped = self { true } else { false } }

    func reaches(_ date: Date) -> Bool {
        switch self {
        case .dueBy: false
        case .until(let end): date < end
        case .untilStopped: true
        }
    }
}

/// The orders a lane has in hand, as numbers, and the first error that ended one.
private final class Hand: Sendable {
    private let state = Mutex((count: 0, placing: 0, error: (any Error)?.none))

    var count: Int { state.withLock { $0.count } }
    /// Those that had not left when they were taken up.
    var placing: Int { state.withLock { $0.placing } }

    func add(_ isPlacing: Bool) {
        state.withLock { state in
            state.count += 1
            if isPlacing { state.placing += 1 }
        }
    }

    func remove(_ isPlacing: Bool, _ error: (any Error)?) {
        state.withLock { state in
            state.count -= 1
            if isPlacing { state.placing -= 1 }
            state.error = state.error ?? error
        }
    }

    func takeError() -> (any Error)? {
        state.withLock { state in
            defer { state.error = nil }
            return state.error
        }
    }
}

extension CertificateActionLane {
    /// Whose orders it has, too.
    fileprivate var backendCA: String? { if case .backendCA(let name) = self { name } else { nil } }

    /// In a sentence.
    fileprivate var title: String { backendCA.map { "backend CA \($0)" } ?? "withdrawals from Intune" }
}
