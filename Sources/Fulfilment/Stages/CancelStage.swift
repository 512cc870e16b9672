// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger

/// An order somebody wants withdrawn: cancelled here if it has not left, else at the CA.
struct CancelStage: EnrollmentStage {
    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        guard order.stage == .pending, let caOrder = order.caOrder else {
            return try await end(claim, order)
        }
        let backend = try context.callableBackend(for: order)
        guard let canceller = backend.ability((any OrderCancelling).self, .cancel) else {
            return try await hold(
                claim, order,
                "\(backend.explainMissing(.cancel)): withdraw it there, then 'certway order cancel \(order.reference) --absent'"
            )
        }
        if let other = try await context.unvouchedSignIn(backend, than: order) {
            return try await context.holdForSignIn(claim, order, backend, other.sentence, "it is not cancelled")
        }
        var refusal: String?
        do {
            try await canceller.cancel(caOrder, note: "withdrawn by the registration authority, \(order.reference)")
        } catch let error as ConnectorError where error.kind == .refused {
            refusal = "the CA does not cancel the order: \(error.message)"
        }
        guard let poller = backend.ability((any OrderPolling).self, .poll) else {
            guard let refusal else { return try await end(claim, order) }
            return try await hold(claim, order, refusal)
        }
        // At the end nobody asks any more. A CA that has taken the request may still go on with the order, or have issued by then.
        let request = try await context.request(for: order)
        let outcome = try await OutcomeRecorder.askingTwice(about: caOrder) { order in
            try await poller.look(at: order, request: request)
        }
        switch outcome {
        case .rejected: return try await end(claim, order)
        case .issued: return try await OutcomeRecorder(context: context).record(outcome, claim, order, request)
        case .pending(let pending):
            if let refusal { return try await hold(claim, order, refusal) }
            return try await wait(pending, claim, order)
        }
    }

    private func end(_ claim: Claim, _ order: Order) async throws -> Order {
        let sentence = "cancelled on request"
        return try await context.end(
            claim, order, OrderChange("cancelled", sentence).stage(.cancelled), because: sentence)
    }

    /// The request to cancel it stays: the CA is told and asked again.
    private func wait(_ pending: PendingOrder, _ claim: Claim, _ order: Order) async throws -> Order {
        let next = context.clock.now().addingTimeInterval(context.pollPause(order, asked: pending.retryAfter).seconds)
        let state = pending.detail ?? "waiting for \(pending.waitingFor.rawValue)"
        let sentence = "the CA was told to cancel the order and still has it: \(state)"
        return try await context.record(
            claim, order,
            OrderChange("cancelling", sentence).unless(order.detail == sentence).nextAction(at: next))
    }

    /// The CA does not let go of the order: whoever wanted it cancelled decides, before a certificate of it is delivered.
    private func hold(_ claim: Claim, _ order: Order, _ reason: String) async throws -> Order {
        let sentence = "\(reason); 'certway order retry \(order.reference)' goes on with the order"
        return try await context.record(
            claim, order, OrderChange("cancelRefused", sentence).hold(sentence).withoutCancelRequest())
    }
}
