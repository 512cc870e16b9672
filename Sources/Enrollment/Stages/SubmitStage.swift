// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger

/// keyed → submitted → pending, issued or rejected: commits the intent, orders, commits the answer.
///
/// Once `submitted` stands in the ledger the CA may know the order. Whatever happens from there, only
/// `RecoverStage` may decide that it does not.
struct SubmitStage: EnrollmentStage {
    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        let backend = try context.callableBackend(order.backendCA)
        let request = try await context.request(for: order)
        // A certificate whose key cannot be archived had better not be bought.
        _ = try context.keyRecoveryAgents(for: OrderTerms(json: order.request))
        StageBoundary.beforeSubmit.pass()
        let submitted = try await context.ledger.record(
            claim,
            OrderChange("submitting", "submitting to \(order.backendCA), product \(order.product)")
                .stage(.submitted).submission(at: context.clock.now()))
        StageBoundary.submitCommitted.pass()
        do {
            let outcome = try await backend.connector.enroll(request, gate: SubmissionGate {})
            StageBoundary.answered.pass()
            return try await OutcomeRecorder(context: context).record(outcome, claim, submitted, request)
        } catch let error as ConnectorError {
            return try await record(error, claim, submitted)
        }
        // Any other error leaves the order submitted with its answer unknown, which is what it is.
    }

    private func record(_ error: ConnectorError, _ claim: Claim, _ order: Order) async throws -> Order {
        switch error.kind {
        case .outcomeUnknown:
            return try await context.ledger.record(
                claim,
                OrderChange("outcomeUnknown", "the CA may have taken the order, searching for it: \(error.message)")
                    .failure(error.kind.rawValue, nextAction: nil))
        case .refused:
            return try await OutcomeRecorder(context: context).reject(
                OrderRejection(reason: error.message), claim, order)
        case .transient, .throttled, .authentication, .configuration:
            // The connector has proved that the order was not taken, so the next attempt is a first one.
            return try await context.postpone(claim, order, after: error, backTo: .keyed)
        }
    }
}
