// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store
import Synchronization

/// Works on the orders of the ledger: claims what is due, leads each order through its stages, bounded in number.
///
/// The orders of each backend CA have places of their own: one that is down, throttles or answers slowly fills its places
/// and nobody else's.
public final class EnrollmentEngine: Sendable {
    /// What a pass has done so far.
    public struct Progress: Sendable {
        public var inFlight = 0
        public var steps = 0
        public var activated = 0
    }

    private let context: EnrollmentContext
    private let owner: String
    private let concurrency: Int
    private let lease: Duration
    /// Free places that are waited for before claiming: claiming costs a commit, whatever the number of orders.
    private let claimedAtOnce: Int
    private let isStopping = Atomic(false)
    private let progress = Mutex(Progress())

    /// - Parameters:
    ///   - owner: name of this node, for leases; the same after a restart.
    ///   - concurrency: orders worked on at a time, for each backend CA.
    ///   - lease: how long a claim holds; renewed while the order is worked on, so it only has to outlast a short absence
    ///     of the database.
    public init(context: EnrollmentContext, owner: String, concurrency: Int, lease: Duration = .seconds(300)) {
        self.context = context
        self.owner = owner
        self.concurrency = max(1, concurrency)
        claimedAtOnce = max(1, concurrency / 4)
        self.lease = lease
    }

    /// Asks the engine to finish the steps under way and take up nothing new. Cancelling the task that works does the same.
    public func stop() { isStopping.store(true, ordering: .relaxed) }

    /// Orders this engine has made active.
    var activated: Int { progress.withLock(\.activated) }

    private var stopping: Bool { isStopping.load(ordering: .relaxed) }

    /// Works until nothing is due, or nothing becomes due before `deadline`.
    ///
    /// - Parameters:
    ///   - deadline: until when to wait for orders that become due later; nil to return as soon as nothing is due.
    ///   - onProgress: called after each finished order step, from any task.
    /// - Throws: errors of the ledger, once the other orders under way have ended their steps; each order stays as last
    ///   committed and is taken up by the next pass.
    public func work(until deadline: Date?, onProgress: @escaping @Sendable (Progress) -> Void = { _ in }) async throws
    {
        let names = try await context.ledger.backendCAs().union(context.backends.names)
        let failure = PassFailure()
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { lanes in
                for name in names { lanes.addTask { await self.carryAll(of: name, deadline, failure, onProgress) } }
            }
        } onCancel: {
            stop()
        }
        if let error = failure.error, !stopping || !(error is CancellationError) { throw error }
    }

    /// Works on the orders of one backend CA.
    ///
    /// - Parameter failure: the first error of the pass; after it nothing new is taken up.
    private func carryAll(
        of backendCA: String, _ deadline: Date?, _ failure: PassFailure,
        _ onProgress: @escaping @Sendable (Progress) -> Void
    ) async {
        await withTaskGroup(of: (any Error)?.self) { group in
            var inFlight = 0
            while true {
                // Taken before claiming: an order that falls due between the two readings is seen by one of them.
                let now = context.clock.now()
                let isEnding = stopping || failure.error != nil
                do {
                    if !isEnding, inFlight <= concurrency - claimedAtOnce {
                        for claim in try await claim(concurrency - inFlight, backendCA) {
                            inFlight += 1
                            note { $0.inFlight += 1 }
                            group.addTask { await self.carry(claim, onProgress) }
                        }
                    }
                    if inFlight == 0 {
                        guard !isEnding, let pause = try await pauseUntilDue(now, backendCA, deadline) else { return }
                        try await context.clock.sleep(for: pause)
                    }
                } catch {
                    failure.note(error)
                }
                if inFlight > 0, let ended = await group.next() {
                    inFlight -= 1
                    note { $0.inFlight -= 1 }
                    if let error = ended { failure.note(error) }
                }
            }
        }
    }

    private func claim(_ limit: Int, _ backendCA: String) async throws -> [Claim] {
        try await context.ledger.claim(limit: limit, owner: owner, leaseFor: lease, backendCAs: [backendCA])
    }

    /// How long to sleep before the next order is due; nil when the pass is over.
    private func pauseUntilDue(_ now: Date, _ backendCA: String, _ deadline: Date?) async throws -> Duration? {
        guard let deadline, now < deadline,
            let due = try await context.ledger.nextDue(after: now, backendCAs: [backendCA]), due < deadline
        else { return nil }
        // In small steps, so that a stop is heard.
        return .milliseconds(Int(min(max(due.timeIntervalSince(now), 0.02), 0.5) * 1000))
    }

    /// Works on one order, and keeps others away from it meanwhile.
    ///
    /// A task of its own, which nobody cancels: a call that has left for a CA must come to its end, for the answer would
    /// be lost with it. Only a lost lease breaks it off.
    private func carry(_ claim: Claim, _ onProgress: @escaping @Sendable (Progress) -> Void) async -> (any Error)? {
        await Task {
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await self.lead(claim, onProgress) }
                    group.addTask { try await self.keepLease(claim) }
                    defer { group.cancelAll() }
                    try await group.next()
                }
                return nil
            } catch LedgerError.leaseLost {
                // Another node has taken the order over; what this one did is not committed and will be found again.
                context.logger.log(
                    .notice, "lease on order \(claim.orderID) lost", fields: [("order", "\(claim.orderID)")])
                return nil
            } catch {
                return error
            }
        }.value
    }

    /// Leads an order as far as it goes now.
    private func lead(_ claim: Claim, _ onProgress: @Sendable (Progress) -> Void) async throws {
        var order = claim.order
        defer { context.workingKeys.forget(orderID: claim.orderID) }
        while !stopping, !Task.isCancelled, order.holdReason == nil, isDue(order), let stage = stage(for: order) {
            order = try await perform(stage, claim, order)
            let finished = order.stage == .active
            onProgress(
                note {
                    $0.steps += 1
                    if finished { $0.activated += 1 }
                })
        }
        if order.leaseOwner != nil { try await context.ledger.release(claim) }
    }

    /// Renews the lease until it is cancelled: a call may wait long for the CA or for a rate limit, and nobody else may
    /// take the order for abandoned in that time.
    ///
    /// - Throws: `LedgerError.leaseLost`, also when the database was away for the whole lease.
    private func keepLease(_ claim: Claim) async throws {
        var leaseUntil = claim.leaseUntil
        while true {
            try await context.clock.sleep(for: lease / 3)
            do {
                leaseUntil = try await context.ledger.renewLease(claim, for: lease).leaseUntil
            } catch is StoreError {
                if context.clock.now() >= leaseUntil { throw LedgerError.leaseLost(reference: claim.order.reference) }
            }
        }
    }

    private func perform(_ stage: any EnrollmentStage, _ claim: Claim, _ order: Order) async throws -> Order {
        do {
            return try await stage.perform(claim, order)
        } catch let error as LedgerError {
            guard case .notPossible(let reason) = error else { throw error }
            return try await context.hold(claim, order, reason)
        } catch let error as StoreError {
            // One order that breaks a rule of the schema must not stop the others.
            guard error.code == .constraint else { throw error }
            return try await context.hold(claim, order, "the ledger cannot store what came back: \(error)")
        } catch {
            return try await context.postpone(claim, order, after: error)
        }
    }

    private func isDue(_ order: Order) -> Bool { order.nextActionAt.map { $0 <= context.clock.now() } ?? true }

    private func stage(for order: Order) -> (any EnrollmentStage)? {
        // An order in doubt is found first: what the CA may have cannot be cancelled before it is known.
        if order.cancelRequested, order.stage != .submitted, order.certificateID == nil {
            return CancelStage(context: context)
        }
        return switch order.stage {
        case .planned: KeyStage(context: context)
        case .keyed: SubmitStage(context: context)
        case .submitted: RecoverStage(context: context)
        case .pending: PollStage(context: context)
        case .issued: DeliverStage(context: context)
        case .delivered, .published: ActivateStage(context: context)
        default: nil
        }
    }

    @discardableResult
    private func note(_ change: (inout Progress) -> Void) -> Progress {
        progress.withLock { progress in
            change(&progress)
            return progress
        }
    }
}
