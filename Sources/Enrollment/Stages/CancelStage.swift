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
            return try await context.record(claim, order, cancelled)
        }
        let backend = try context.callableBackend(for: order)
        guard let canceller = backend.ability((any OrderCancelling).self, .cancel) else {
            return try await goOn(claim, order, backend.explainMissing(.cancel))
        }
        do {
            try await canceller.cancel(caOrder, note: "withdrawn by the registration authority, \(order.reference)")
            return try await context.record(claim, order, cancelled)
        } catch let error as ConnectorError where error.kind == .refused {
            return try await goOn(claim, order, "the CA does not cancel the order: \(error.message)")
        }
    }

    private func goOn(_ claim: Claim, _ order: Order, _ reason: String) async throws -> Order {
        try await context.record(claim, order, OrderChange("cancelRefused", reason).withoutCancelRequest())
    }
}
