// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import KeyArchival
import Ledger
import PKIX

/// Commits what a CA answered, whichever call brought the answer.
struct OutcomeRecorder {
    let context: EnrollmentContext

    /// - Parameter how: how the answer was come by, for the event; nil for the plain answer to the call.
    func record(
        _ outcome: EnrollmentOutcome, _ claim: Claim, _ order: Order, _ request: CertificateRequest, how: String? = nil
    ) async throws -> Order {
        switch outcome {
        case .issued(let issued): return try await accept(issued, claim, order, request, how)
        case .pending(let pending): return try await wait(pending, claim, order, how)
        case .rejected(let rejection): return try await reject(rejection, claim, order)
        }
    }

    /// The order ends; a key that was never certified is of no use and is erased.
    func reject(_ rejection: OrderRejection, _ claim: Claim, _ order: Order) async throws -> Order {
        let end = OrderChange(rejection.kind.rawValue, rejection.reason)
            .stage(rejection.kind == .cancelled ? .cancelled : .rejected).caOrder(rejection.order)
        return try await context.ledger.record(claim, rejection.kind == .retired ? end : end.eraseSealedKey())
    }

    private func wait(_ pending: PendingOrder, _ claim: Claim, _ order: Order, _ how: String?) async throws -> Order {
        let now = context.clock.now()
        let sentence = pending.detail ?? "waiting for \(pending.waitingFor.rawValue)"
        let pause =
            context.pollInterval(order.backendCA) ?? pending.retryAfter
            ?? PollSchedule.interval(age: now.timeIntervalSince(order.submittedAt ?? now))
        let waiting = try await context.ledger.record(
            claim,
            OrderChange("pending", [how, sentence].compactMap(\.self).joined(separator: ": ")).stage(.pending)
                .caOrder(pending.order).waitingFor(pending.waitingFor.rawValue)
                .nextAction(at: now.addingTimeInterval(pause.seconds)))
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
            let reason = "the CA issued another certificate than asked for: \(problems.joined(separator: "; "))"
            return try await context.ledger.record(
                claim,
                OrderChange("held", reason, data: ["certificate": JSONValue(issued.certificateChain.first?.pem)])
                    .caOrder(issued.order).hold(reason))
        }
        let leaf = issued.certificateChain[0]
        let sentence = "certificate \(leaf.serialNumber), valid to \(leaf.notAfter.formatted(.iso8601))"
        var change = OrderChange("issued", [how, sentence].compactMap(\.self).joined(separator: ": "))
            .stage(.issued).caOrder(issued.order)
            .certificate(NewCertificate(leaf, chain: issued.certificateChain.dropFirst()))
        change = try await withArchivedKey(change, order)
        StageBoundary.beforeIssueCommit.pass()
        let accepted = try await context.ledger.record(claim, change)
        StageBoundary.issued.pass()
        return accepted
    }

    /// The archive copy is committed together with the certificate: there is never the one without the other.
    private func withArchivedKey(_ change: OrderChange, _ order: Order) async throws -> OrderChange {
        let terms = try OrderTerms(json: order.request)
        guard !terms.keyRecoveryAgents.isEmpty else { return change }
        let agents = try terms.keyRecoveryAgents.map(context.keyRecoveryAgent)
        let key = try await context.workingKey(order)
        return change.archivedKey(
            cms: try KeyArchive.archive(privateKey: key, recipients: agents),
            recipients: JSONValue(terms.keyRecoveryAgents))
    }
}
