// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store

/// Leads one claimed action as far as it goes now, and keeps others away from it meanwhile, as `OrderCarrier` does with orders.
struct ActionCarrier: Sendable {
    let context: EnrollmentContext
    let lease: Duration
    /// Called after each committed step.
    let onStep: @Sendable (CertificateAction) -> Void

    /// - Throws: errors of the store; the action stays as last committed.
    func carry(_ claim: CertificateActionClaim) async throws {
        do {
            try await LeaseKeeper(clock: context.clock, lease: lease).keep(
                "\(claim.action.id)", until: claim.heldUntil,
                renewing: { try await context.ledger.renewLease(claim, for: lease).heldUntil },
                during: { try await lead(claim) })
        } catch LedgerError.leaseLost {
            // Another node has it, or a person has taken it back, or the CA was read to have done it.
            context.logger.log(
                .notice, "lease on \(claim.action.kind.noun) \(claim.action.id) lost",
                fields: [("order", "\(claim.action.orderID)")])
        } catch is CancellationError {
            try await context.ledger.release(claim)
        }
    }

    private func lead(_ claim: CertificateActionClaim) async throws {
        var action = claim.action
        while !Task.isCancelled, isDue(action, claim) {
            action = try await perform(claim, action)
            onStep(action)
        }
        if action.leaseOwner != nil { try await context.ledger.release(claim) }
    }

    private func isDue(_ action: CertificateAction, _ claim: CertificateActionClaim) -> Bool {
        action.workAt.map { $0.timeIntervalSince(max(context.clock.now(), claim.claimedAt)) < 0.001 } ?? false
    }

    private func perform(
        _ claim: CertificateActionClaim, _ action: CertificateAction
    ) async throws -> CertificateAction {
        do {
            return try await step(for: action).perform(claim, action)
        } catch let error as LedgerError {
            guard case .notPossible(let reason) = error else { throw error }
            return try await context.fail(claim, action, reason)
        } catch let error as StoreError {
            guard error.code == .constraint || error.code == .tooLong else { throw error }
            return try await context.fail(claim, action, "the ledger cannot store what came back: \(error)")
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let now = try await context.ledger.action(action.id) ?? action
            return try await context.postpone(claim, now, after: error)
        }
    }

    private func step(for action: CertificateAction) -> any ActionStep {
        switch (action.kind, action.state) {
        case (.revoke, .done): PublicationStep(context: context)
        case (.revoke, _): RevokeStep(context: context)
        case (.withdraw, _): WithdrawStep(context: context)
        }
    }
}
