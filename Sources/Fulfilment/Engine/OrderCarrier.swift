// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store

/// Leads one claimed order through its stages, as far as it goes now, and keeps others away from it meanwhile.
struct OrderCarrier: Sendable {
    let context: EnrollmentContext
    let lease: Duration
    /// Called after each committed step with the order as it was before, and as it is then.
    let onStep: @Sendable (Order, Order) -> Void

    /// - Throws: errors of the store; the order stays as last committed.
    func carry(_ claim: Claim) async throws {
        defer { context.memory.workingKeys.forget(orderID: claim.orderID) }
        do {
            try await LeaseKeeper(clock: context.clock, lease: lease).keep(
                claim.order.reference, until: claim.heldUntil,
                renewing: { try await context.ledger.renewLease(claim, for: lease).heldUntil },
                during: { try await lead(claim) })
        } catch LedgerError.leaseLost {
            // Another node has taken the order over; what this one did is not committed and will be found again.
            context.logger.log(
                .notice, "lease on order \(claim.orderID) lost", fields: [("order", "\(claim.orderID)")])
        } catch LedgerError.movedOn(let order, let stage) {
            context.logger.log(
                .warning,
                "order \(order.reference) is \(order.stage.rawValue), no longer \(stage.rawValue); looked at again",
                fields: [("order", "\(order.id)")])
            try await context.ledger.release(claim)
        } catch is CancellationError {
            // The gateway stops before anything has left.
            try await context.ledger.release(claim)
        }
    }

    private func lead(_ claim: Claim) async throws {
        var order = claim.order
        while !Task.isCancelled, order.holdReason == nil, isDue(order, claim), let stage = stage(for: order) {
            let before = order
            order = try await perform(stage, claim, order)
            onStep(before, order)
        }
        if order.leaseOwner != nil { try await context.ledger.release(claim) }
    }

    private func perform(_ stage: any EnrollmentStage, _ claim: Claim, _ order: Order) async throws -> Order {
        do {
            return try await stage.perform(claim, order)
        } catch let error as LedgerError {
            guard case .notPossible(let reason) = error else { throw error }
            return try await context.hold(claim, latest(order), reason)
        } catch let error as StoreError {
            // One order that breaks a rule of the schema must not stop the others.
            guard error.code == .constraint || error.code == .tooLong else { throw error }
            return try await context.hold(claim, latest(order), "the ledger cannot store what came back: \(error)")
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return try await context.postpone(claim, latest(order), after: error, before: order)
        }
    }

    /// The order as it is now: a step that failed half way may have moved it on before.
    private func latest(_ order: Order) async throws -> Order { try await context.ledger.order(order.id) ?? order }

    /// The ledger keeps milliseconds: what it gives out as due is due here, or it would be claimed and given back for ever.
    private func isDue(_ order: Order, _ claim: Claim) -> Bool {
        order.nextActionAt.map { $0.timeIntervalSince(max(context.clock.now(), claim.claimedAt)) < 0.001 } ?? true
    }

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
}
