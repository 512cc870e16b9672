// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import KeyArchival
import Ledger
import PKIX
import Store

/// Commits what a CA answered, whichever call brought the answer.
struct OutcomeRecorder {
    let context: EnrollmentContext

    /// - Parameter how: how the answer was come by, for the event; nil for the plain answer to the call.
    func record(
        _ outcome: EnrollmentOutcome, _ claim: Claim, _ order: Order, _ request: CertificateRequest, how: String? = nil
    ) async throws -> Order {
        context.backends.clearAlarm(on: order.backendCA)
        switch outcome {
        case .issued(let issued): return try await accept(issued, claim, order, request, how)
        case .pending(let pending): return try await wait(pending, claim, order, how)
        case .rejected(let rejection): return try await reject(rejection, claim, order)
        }
    }

    /// The order ends, and its key with it.
    func reject(_ rejection: OrderRejection, _ claim: Claim, _ order: Order) async throws -> Order {
        try await context.ledger.record(
            claim,
            OrderChange(rejection.kind.rawValue, rejection.reason)
                .stage(rejection.kind == .cancelled ? .cancelled : .rejected).caOrder(rejection.order))
    }

    private func wait(_ pending: PendingOrder, _ claim: Claim, _ order: Order, _ how: String?) async throws -> Order {
        let now = context.clock.now()
        let sentence = pending.detail ?? "waiting for \(pending.waitingFor.rawValue)"
        let pause =
            context.pollInterval(order.backendCA) ?? pending.retryAfter
            ?? PollSchedule.interval(age: now.timeIntervalSince(order.submittedAt ?? now))
        let message = [how, sentence].compactMap(\.self).joined(separator: ": ")
        let waiting = try await context.ledger.record(
            claim,
            OrderChange("pending", message).unless(order.stage == .pending && order.detail == message).stage(.pending)
                .caOrder(pending.order).waitingFor(pending.waitingFor.rawValue)
                // Who wants it withdrawn does not wait for the next poll.
                .nextAction(at: order.cancelRequested ? nil : now.addingTimeInterval(pause.seconds)))
        StageBoundary.pendingCommitted.pass()
        return waiting
    }

    /// A certificate counts as issued only when it is what was asked for; a wrong one is held and reported.
    private func accept(
        _ issued: IssuedCertificate, _ claim: Claim, _ order: Order, _ request: CertificateRequest, _ how: String?
    ) async throws -> Order {
        let backend = try context.backend(order.backendCA)
        let problems = IssuedCertificateCheck(acceptedRoots: backend.acceptedRoots, now: context.clock.now())
            .problems(of: issued, for: request)
        guard problems.isEmpty else {
            let reason =
                "the CA issued another certificate than asked for: \(problems.joined(separator: "; ")); if it is this "
                + "order's, revoke it at the CA, then 'certway order cancel \(order.reference)'"
            return try await context.hold(claim, order, reason, issued: issued)
        }
        let leaf = issued.certificateChain[0]
        let sentence = "certificate \(leaf.serialNumber), valid to \(leaf.notAfter.formatted(.iso8601))"
        var change = OrderChange("issued", [how, sentence].compactMap(\.self).joined(separator: ": "))
            .stage(.issued).caOrder(issued.order)
            .certificate(NewCertificate(leaf, chain: Array(issued.certificateChain.dropFirst())))
        do {
            change = try await withArchivedKey(change, order)
        } catch let error where !(error is StoreError) {
            return try await context.postpone(claim, order, after: error, issued: issued)
        }
        StageBoundary.beforeIssueCommit.pass()
        let accepted = try await context.ledger.record(claim, change)
        StageBoundary.issued.pass()
        return accepted
    }

    /// The archive copy is committed together with the certificate: there is never the one without the other.
    private func withArchivedKey(_ change: OrderChange, _ order: Order) async throws -> OrderChange {
        let terms = try OrderTerms(json: order.request)
        guard !terms.keyRecoveryAgents.isEmpty else { return change }
        let key = try await context.workingKey(order)
        let archived = try KeyArchive.archive(
            privateKey: key, recipients: context.keyRecoveryAgents(for: terms), at: context.clock.now())
        return change.archivedKey(cms: archived, recipients: JSONValue(terms.keyRecoveryAgents))
    }
}
