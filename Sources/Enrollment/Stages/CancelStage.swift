// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger

/// An order somebody wants withdrawn: cancelled here if it has not left, else at the CA.
struct CancelStage: EnrollmentStage {
    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        let cancelled = OrderChange("cancelled", "cancelled on request").stage(.cancelled)
        guard order.stage == .pending, let caOrder = order.caOrder else {
            guard try await isInDoubt(order) else { return try await context.record(claim, order, cancelled) }
            let reason =
                "the answer to its first submission was lost: look for \(order.reference) at the CA; when no certificate of it "
                + "is in force, 'certway order cancel \(order.reference) --absent'"
            return try await context.record(
                claim, order,
                OrderChange("held", reason).stage(.submitted).hold(reason).withoutCancelRequest())
        }
        let backend = try context.callableBackend(for: order)
        guard let canceller = backend.ability((any OrderCancelling).self, .cancel) else {
            return try await goOn(
                claim, order,
                "\(backend.explainMissing(.cancel)): withdraw it there, then 'certway order cancel \(order.reference) --absent'"
            )
        }
        do {
            try await canceller.cancel(caOrder, note: "withdrawn by the registration authority, \(order.reference)")
            return try await context.record(claim, order, cancelled)
        } catch let error as ConnectorError where error.kind == .refused {
            return try await goOn(claim, order, "the CA does not cancel the order: \(error.message)")
        }
    }

    /// Whether the order is to be placed again though nobody knows what became of the first time.
    private func isInDoubt(_ order: Order) async throws -> Bool {
        guard order.attempt > 0 else { return false }
        let last = try await context.ledger.events(order.id).last { ["repeated", "absent"].contains($0.kind) }
        return last?.kind == "repeated"
    }

    private func goOn(_ claim: Claim, _ order: Order, _ reason: String) async throws -> Order {
        try await context.record(claim, order, OrderChange("cancelRefused", reason).withoutCancelRequest())
    }
}
