// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Ledger

/// submitted, answer unknown → searches the CA by our reference: found, adopt; surely absent, submit again; else hold.
struct RecoverStage: EnrollmentStage {
    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        let backend = try context.callableBackend(order.backendCA)
        if order.caOrder != nil, backend.ability((any OrderPolling).self, .poll) != nil {
            // The answer is known; what the gateway wanted to do with it failed.
            return try await PollStage(context: context).perform(claim, order)
        }
        guard let finder = backend.ability((any OrderFinding).self, .findByReference) else {
            return try await decideWithoutSearch(claim, order, backend)
        }
        guard let callEnded = try await callEnded(order) else {
            return try await context.ledger.record(
                claim, OrderChange("searching", "the answer to the submission is lost, searching for the order"))
        }
        let request = try await context.request(for: order)
        let searchedAt = context.clock.now()
        switch try await finder.find(request) {
        case .found(let outcome):
            return try await OutcomeRecorder(context: context).record(
                outcome, claim, order, request, how: "found at the CA by reference \(order.reference)")
        case .undecidable(let reason):
            return try await context.hold(
                claim, order, "it cannot be told whether the CA has the order: \(reason); \(advice(order, backend))")
        case .absent:
            let sureAt = callEnded.addingTimeInterval(finder.absenceIsSureAfter.seconds)
            return try await submitAgain(claim, searchedAt, sureAt, settle: finder.absenceIsSureAfter)
        }
    }

    /// A CA that cannot be searched: a person decides, unless the administrator has said that a second certificate does no
    /// harm there.
    private func decideWithoutSearch(_ claim: Claim, _ order: Order, _ backend: BackendCA) async throws -> Order {
        let isRepeated = try await context.ledger.events(order.id).contains { $0.kind == "repeated" }
        if !isRepeated, !order.cancelRequested,
            let pause = (backend.connector as? any LostOrderRepeating)?.repeatsLostOrdersAfter
        {
            let dueAt = try await callEnded(order)?.addingTimeInterval(pause.seconds)
            guard let dueAt, context.clock.now() >= dueAt else {
                return try await context.ledger.record(
                    claim,
                    OrderChange(
                        "searching", "the answer is lost; the order is placed again \(pause.seconds) s after the call"
                    )
                    .nextAction(at: dueAt ?? context.clock.now().addingTimeInterval(pause.seconds)))
            }
            return try await context.ledger.record(
                claim,
                OrderChange(
                    "repeated", "the answer is lost and a second certificate does no harm; the order is placed again"
                )
                .stage(.keyed).withoutCAOrder())
        }
        return try await context.hold(
            claim, order, "\(backend.explainMissing(.findByReference)); \(advice(order, backend))")
    }

    /// What the person does who is left with the question.
    private func advice(_ order: Order, _ backend: BackendCA) -> String {
        let retry = "'certway order retry \(order.reference)"
        let ifFound =
            backend.ability((any OrderPolling).self, .poll) == nil
            ? "revoke it there and 'certway order cancel \(order.reference)'"
            : "\(retry) --found ID' with the id it has there"
        return "look for \(order.reference) at the CA; if it is not there: \(retry) --absent'; if it is: \(ifFound)"
    }

    /// By when the request had left, if it left: a call may wait for a rate limit long after its submission is on record.
    /// So not the submission counts but its end; nil when the process ended without a word about it.
    private func callEnded(_ order: Order) async throws -> Date? {
        let events = try await context.ledger.events(order.id)
        let submission = events.last { $0.kind == "submitting" }?.sequence ?? 0
        return events.first {
            $0.sequence > submission && ["outcomeUnknown", "postponed", "searching"].contains($0.kind)
        }?.at
    }

    /// Absence proves nothing while the CA may still be working on a request it had received.
    private func submitAgain(_ claim: Claim, _ searchedAt: Date, _ sureAt: Date, settle: Duration) async throws -> Order
    {
        guard searchedAt >= sureAt else {
            return try await context.ledger.record(
                claim,
                OrderChange("searched", "not at the CA yet; absence is sure \(settle.seconds) s after the call")
                    .nextAction(at: sureAt))
        }
        return try await context.ledger.record(
            claim,
            OrderChange("absent", "the CA does not have the order; it is submitted again").stage(.keyed)
                .withoutCAOrder())
    }
}
