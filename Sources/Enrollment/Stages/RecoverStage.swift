// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger

/// submitted, answer unknown → searches the CA by our reference: found, adopt; surely absent, submit again; else hold.
struct RecoverStage: EnrollmentStage {
    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        let backend = try context.backend(order.backendCA)
        guard let finder = backend.ability((any OrderFinding).self, .findByReference) else {
            return try await hold(
                claim,
                "\(order.backendCA) cannot be searched by reference; look for \(order.reference) at the CA, "
                    + "then 'certway order retry \(order.reference) --absent' if it is not there")
        }
        let request = try await context.request(for: order)
        let searchedAt = context.clock.now()
        switch try await finder.find(request) {
        case .found(let outcome):
            return try await OutcomeRecorder(context: context).record(
                outcome, claim, order, request, how: "found at the CA by reference \(order.reference)")
        case .undecidable(let reason):
            return try await hold(claim, "it cannot be told whether the CA has the order: \(reason)")
        case .absent:
            return try await submitAgain(claim, order, searchedAt, settle: finder.absenceIsSureAfter)
        }
    }

    /// Absence proves nothing while the CA may still be working on a request it had received.
    private func submitAgain(_ claim: Claim, _ order: Order, _ searchedAt: Date, settle: Duration) async throws -> Order
    {
        let sureAt = (order.submittedAt ?? searchedAt).addingTimeInterval(settle.seconds)
        guard searchedAt >= sureAt else {
            return try await context.ledger.record(
                claim,
                OrderChange("searched", "not at the CA yet; absence is sure \(settle.seconds) s after the submission")
                    .nextAction(at: sureAt))
        }
        return try await context.ledger.record(
            claim,
            OrderChange("absent", "the CA does not have the order; it is submitted again").stage(.keyed)
                .withoutCAOrder())
    }

    private func hold(_ claim: Claim, _ reason: String) async throws -> Order {
        try await context.ledger.record(claim, OrderChange("held", reason).hold(reason))
    }
}
