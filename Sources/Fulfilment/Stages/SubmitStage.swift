// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Ledger
import Planning

/// keyed → submitted → pending, issued or rejected: looks again, orders, commits the answer.
struct SubmitStage: EnrollmentStage {
    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        switch try await context.lookAgain?(order) {
        case .withdraw(let reason)?, .changed(let reason)?:
            // Nothing has left; whoever is still entitled is planned for anew.
            return try await context.end(
                claim, order, OrderChange(OrderEnding.withdrawnEvent, reason).stage(.cancelled), because: reason)
        case .fits?, nil: break
        }
        // What is surely at no CA may go to wherever its backend CA points now; a second certificate may not.
        let isRepeated = try await context.hasLostSubmission(order)
        let backend = try context.callableBackend(for: isRepeated ? order : order.notPlaced)
        if isRepeated, let other = context.otherSignIn(backend, than: order) {
            let doubt = "the answer to its first submission was lost, and \(other.sentence)"
            return try await context.record(
                claim, order, OrderChange("searching", doubt).stage(.submitted).doubt(nil, doubt))
        }
        // Another order in hand may have met it just now.
        if let cause = try await context.submissionStop(at: order.backendCA) { throw EnrollmentError(cause) }
        let request = try await context.request(for: order)
        if let doubt = context.restoreDoubt {
            let search = RestoreSearch(context: context, doubt: doubt)
            if try await !search.isDone(order) { return try await search.perform(claim, order, backend) }
        }
        // A certificate whose key cannot be archived had better not be bought.
        _ = try context.keyRecoveryAgents(for: context.termsInForce(order))
        try await context.requireAcceptedSignIn(backend)
        if let settled = try await FormerOrders(context: context).settle(claim, order) { return settled }
        StageBoundary.beforeSubmit.pass()
        let canSearch = backend.ability((any OrderFinding).self, .findByReference) != nil
        let submission = Submission(context, claim, order, to: backend)
        defer { submission.end() }
        do {
            let outcome = try await backend.connector.enroll(request, gate: submission.gate)
            StageBoundary.answered.pass()
            if case .rejected(let rejection) = outcome, canSearch, let submitted = submission.submitted {
                return try await record(
                    ConnectorError(.refused, rejection.reason), claim, submitted, before: order, canSearch: true)
            }
            return try await OutcomeRecorder(context: context).record(
                outcome, claim, submission.submitted ?? order, request)
        } catch let error as ConnectorError {
            guard let submitted = submission.submitted else {
                return try await recordNotSent(error, claim, order)
            }
            return try await record(error, claim, submitted, before: order, canSearch: canSearch)
        }
        // Any other error leaves the order where the gate has it: keyed, or submitted with its answer unknown.
    }

    /// Nothing has left, so every failure is one before the first attempt.
    private func recordNotSent(_ error: ConnectorError, _ claim: Claim, _ order: Order) async throws -> Order {
        switch error.kind {
        case .refused:
            return try await OutcomeRecorder(context: context).reject(
                OrderRejection(reason: error.message), claim, order)
        case .outcomeUnknown:
            var passing = error
            passing.kind = .transient
            return try await context.postpone(claim, order, after: passing)
        case .transient, .throttled, .authentication, .configuration:
            return try await context.postpone(claim, order, after: error)
        }
    }

    private func record(
        _ error: ConnectorError, _ claim: Claim, _ order: Order, before: Order, canSearch: Bool
    ) async throws -> Order {
        // Whoever stands between the CA and us may have passed the order on and speak for itself, in the CA's format too; and
        // the key of a certificate that exists is not erased for a sentence. Where the CA can be searched, a search decides.
        if error.hasSurelyNotLeft {
            // No word of anybody, and nothing that a search could tell: the next attempt is a first one.
            return try await context.postpone(claim, order, after: error, before: before, backTo: .keyed)
        }
        if canSearch, error.kind != .outcomeUnknown { await context.proveRefusal(of: order) }
        if [error.kind, error.ifAbsent].contains(.authentication) {
            await context.forgetAcceptedSignIn(order.backendCA)
        }
        switch error.kind {
        case .outcomeUnknown:
            // Whatever became of this order, others are not sent after it into the same wall.
            if let meaning = error.ifAbsent {
                var likely = error
                likely.kind = meaning
                context.note(likely, on: order.backendCA)
            }
            // Always back to `submitted`: whatever happened meanwhile, the CA may have the order.
            return try await context.record(
                claim, order,
                OrderChange("outcomeUnknown", "\(error.message); the CA may have taken the order, searching for it")
                    .stage(.submitted).doubt(error.ifAbsent?.rawValue, error.message)
                    .failure(error.kind.rawValue, nextAction: nil))
        case .refused:
            if canSearch {
                return try await context.record(
                    claim, order,
                    OrderChange("refused", error.message).unless(true).stage(.submitted)
                        .doubt(error.kind.rawValue, error.message).failure(error.kind.rawValue, nextAction: nil))
            }
            return try await OutcomeRecorder(context: context).reject(
                OrderRejection(reason: error.message), claim, order)
        case .transient, .throttled, .authentication, .configuration:
            // The CA has said so in words of its protocol or profile: where nothing can search, the next attempt is a first one.
            return try await context.postpone(
                claim, order, after: error, before: before, backTo: canSearch ? .submitted : .keyed)
        }
    }
}

extension Order {
    /// An order that is surely not at a CA may go to wherever its backend CA points now.
    fileprivate var notPlaced: Order {
        var copy = self
        copy.forgetConnection()
        return copy
    }
}
