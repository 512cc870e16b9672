// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store
import Synchronization

/// Works on the orders of the ledger: claims what is due, leads each order through its stages, bounded in number.
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
    private let isStopping = Atomic(false)
    private let progress = Mutex(Progress())

    /// - Parameters:
    ///   - owner: name of this node, for leases; the same after a restart.
    ///   - concurrency: orders worked on at a time.
    ///   - lease: how long a claim holds without renewal; longer than any single call to a CA.
    public init(context: EnrollmentContext, owner: String, concurrency: Int, lease: Duration = .seconds(300)) {
        self.context = context
        self.owner = owner
        self.concurrency = max(1, concurrency)
        self.lease = lease
    }

    /// Asks the engine to finish the steps under way and take up nothing new.
    public func stop() { isStopping.store(true, ordering: .relaxed) }

    /// Orders this engine has made active.
    var activated: Int { progress.withLock(\.activated) }

    private var stopping: Bool { isStopping.load(ordering: .relaxed) || Task.isCancelled }

    /// Works until nothing is due, or nothing becomes due before `deadline`.
    ///
    /// - Parameters:
    ///   - deadline: until when to wait for orders that become due later; nil to return as soon as nothing is due.
    ///   - onProgress: called after each finished order step, from any task.
    /// - Throws: errors of the ledger; orders under way stay as last committed and are taken up by the next pass.
    public func work(until deadline: Date?, onProgress: @escaping @Sendable (Progress) -> Void = { _ in }) async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var inFlight = 0
            while true {
                // Taken before claiming: an order that falls due between the two readings is seen by one of them.
                let now = context.clock.now()
                if !stopping, inFlight < concurrency {
                    for claim in try await claim(concurrency - inFlight) {
                        inFlight += 1
                        note { $0.inFlight += 1 }
                        group.addTask { try await self.carry(claim, onProgress) }
                    }
                }
                if inFlight > 0 {
                    try await group.next()
                    inFlight -= 1
                    note { $0.inFlight -= 1 }
                } else if stopping {
                    return
                } else if let pause = try await pauseUntilDue(now, deadline) {
                    try await context.clock.sleep(for: pause)
                } else {
                    return
                }
            }
        }
    }

    private func claim(_ limit: Int) async throws -> [Claim] {
        try await context.ledger.claim(
            limit: limit, owner: owner, leaseFor: lease)
    }

    /// How long to sleep before the next order is due; nil when the pass is over.
    private func pauseUntilDue(_ now: Date, _ deadline: Date?) async throws -> Duration? {
        guard let deadline, now < deadline, let due = try await context.ledger.nextDue(after: now), due < deadline
        else {
            return nil
        }
        // In small steps, so that a stop is heard.
        return .milliseconds(Int(min(max(due.timeIntervalSince(now), 0.02), 0.5) * 1000))
    }

    /// Leads one order as far as it goes now.
    private func carry(_ claim: Claim, _ onProgress: @Sendable (Progress) -> Void) async throws {
        var order = claim.order
        do {
            while !stopping, order.holdReason == nil, isDue(order), let stage = stage(for: order) {
                order = try await perform(stage, claim, order)
                let finished = order.stage == .active
                onProgress(
                    note {
                        $0.steps += 1
                        if finished { $0.activated += 1 }
                    })
            }
            try await context.ledger.release(claim)
        } catch LedgerError.leaseLost {
            // Another node has taken the order over; what this one did is not committed and will be found again.
            context.logger.log(.notice, "lease on order \(order.id) lost", fields: [("order", "\(order.id)")])
        }
    }

    private func perform(_ stage: any EnrollmentStage, _ claim: Claim, _ order: Order) async throws -> Order {
        do {
            return try await stage.perform(claim, order)
        } catch let error where !(error is LedgerError || error is StoreError) {
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
