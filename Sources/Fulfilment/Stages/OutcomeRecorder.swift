// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import JSONDocuments
import KeyArchival
import Ledger
import PKIX
import Planning
import Store

/// Commits what a CA answered, whichever call brought the answer.
struct OutcomeRecorder {
    let context: EnrollmentContext

    /// Asks the CA, and once more before an order ends, after which nobody asks by himself: somebody on the way may have given the answer of
    /// another order, and not all answers tell which order they are about.
    ///
    /// - Parameters:
    ///   - outcome: what an answer says of the order; nil for nothing.
    ///   - ask: gets the first answer where it would end the order.
    static func askingTwice<Answer>(
        _ outcome: (Answer) -> EnrollmentOutcome?, _ ask: (OrderRejection?) async throws -> Answer
    ) async throws -> Answer {
        let answer = try await ask(nil)
        guard case .rejected(let rejection)? = outcome(answer) else { return answer }
        return try await ask(rejection)
    }

    /// The same about an order whose id is known.
    ///
    /// - Parameter order: as far as the CA's ids are known; the second question has what the first answer told.
    static func askingTwice(
        about order: CAOrder, _ ask: (CAOrder) async throws -> EnrollmentOutcome
    ) async throws -> EnrollmentOutcome {
        try await askingTwice({ $0 }) { rejection in
            let told = rejection?.order.flatMap { $0.caRequestID == order.caRequestID ? $0 : nil }
            return try await ask(told ?? order)
        }
    }

    /// - Parameter how: how the answer was come by, for the event; nil for the plain answer to the call.
    func record(
        _ outcome: EnrollmentOutcome, _ claim: Claim, _ order: Order, _ request: CertificateRequest, how: String? = nil
    ) async throws -> Order {
        context.backends.clearAlarm(on: order.backendCA)
        if let error = outcome.order?.nameless {
            return try await context.postpone(claim, order, after: error, backTo: .submitted)
        }
        if let known = order.caRequestID, let id = outcome.order?.caRequestID, id != known {
            let error = ConnectorError(.transient, "the CA was asked about order \(known) and answers about \(id)")
            return try await context.postpone(claim, order, after: error)
        }
        var isEnd = false
        if case .rejected = outcome { isEnd = true }
        // That one has ended is also said of what has been finished long ago.
        if let told = outcome.order, let error = try await context.replay(told, for: order, amongEnded: isEnd) {
            return try await context.postpone(claim, order, after: error, backTo: .submitted)
        }
        switch outcome {
        case .issued(let issued): return try await accept(issued, claim, order, request, how)
        case .pending(let pending): return try await wait(pending, claim, order, how)
        case .rejected(let rejection): return try await reject(rejection, claim, order)
        }
    }

    /// The order ends, and its key with it.
    func reject(_ rejection: OrderRejection, _ claim: Claim, _ order: Order) async throws -> Order {
        let change = OrderChange(rejection.kind.rawValue, rejection.reason)
            .stage(rejection.kind == .cancelled ? .cancelled : .rejected).caOrder(rejection.order)
        // An end that nobody here has asked for is a failure.
        return try await context.end(
            claim, order,
            order.cancelRequested ? change : change.failure(ConnectorError.Kind.refused.rawValue, nextAction: nil),
            because: rejection.reason)
    }

    private func wait(_ pending: PendingOrder, _ claim: Claim, _ order: Order, _ how: String?) async throws -> Order {
        let now = context.clock.now()
        let sentence = pending.detail ?? "waiting for \(pending.waitingFor.words)"
        let backend = try context.backend(order.backendCA)
        guard backend.ability((any OrderPolling).self, .poll) != nil else {
            let reason =
                "\(sentence); the CA has the order as \(pending.order.caRequestID), and "
                + "\(backend.explainMissing(.poll)): look there, and 'certway order cancel \(order.reference) --absent' "
                + "when it has ended without a certificate, or that is revoked"
            return try await context.record(
                claim, order, OrderChange("held", reason).stage(.pending).caOrder(pending.order).hold(reason))
        }
        let pause = context.pollPause(order, asked: pending.retryAfter)
        let message = [how, sentence].compactMap(\.self).joined(separator: ": ")
        let waiting = try await context.record(
            claim, order,
            // Whom it has waited for is asked long afterwards.
            OrderChange("pending", message, data: ["waitingFor": .string(pending.waitingFor.rawValue)]).unless(
                order.stage == .pending && order.detail == message
            ).stage(.pending)
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
        let check = IssuedCertificateCheck(acceptedRoots: backend.acceptedRoots, now: context.clock.now())
        let differences =
            check.problems(
                of: issued, for: request, accepting: context.accepted(for: order),
                product: backend.profile.product(order.product)) + broken(issued, order)
        let problems = differences.filter { $0.kind != .remark }
        guard problems.isEmpty else {
            return try await hold(issued, claim, order, problems, backend)
        }
        let leaf = issued.certificateChain[0]
        let path = try check.issuers(of: issued, for: request)
        let news = try await context.newIssuers?(path, order)
        if let news, news.isHeld {
            return try await context.hold(
                claim, order,
                "\(news.sentence); 'certway order retry --held --backend-ca \(backend.name)' compares again then, without ordering anew",
                issued: issued)
        }
        let sentence = "certificate \(leaf.serialNumber), valid to \(leaf.notAfter.formatted(.iso8601))"
        let remarks = (differences.map(\.sentence) + [news?.sentence].compactMap(\.self)).map { "; \($0)" }.joined()
        var change = OrderChange("issued", [how, sentence + remarks].compactMap(\.self).joined(separator: ": "))
            .stage(.issued).caOrder(issued.order)
            .certificate(NewCertificate(leaf, chain: path))
        do {
            let terms = try context.termsInForce(order)
            change = try await withArchivedKey(withTerms(terms, change, order), order, leaf, terms)
        } catch let error where !(error is StoreError) {
            return try await context.postpone(claim, order, after: error, issued: issued)
        }
        StageBoundary.beforeIssueCommit.pass()
        let accepted = try await context.record(claim, order, change)
        StageBoundary.issued.pass()
        try await context.proveRoots(backend, by: leaf, among: Array(issued.certificateChain.dropFirst()))
        return accepted
    }

    /// What the certificate breaks of the rules. It is there and paid for: that rules cannot be read is a remark, too.
    private func broken(_ issued: IssuedCertificate, _ order: Order) -> [IssuedCertificateProblem] {
        do {
            return try context.brokenRules?(issued, order) ?? []
        } catch {
            return [IssuedCertificateProblem("not checked by the rules: \(error)", .remark)]
        }
    }

    /// A certificate that is not what was asked for waits for a person. One that leads to no accepted root is a matter of
    /// all orders of the backend CA: either its CA is another one, or `acceptedRoots` is; the next ones are not bought.
    private func hold(
        _ issued: IssuedCertificate, _ claim: Claim, _ order: Order, _ problems: [IssuedCertificateProblem],
        _ backend: BackendCA
    ) async throws -> Order {
        let differences = problems.map(\.sentence).joined(separator: "; ")
        let compareAgain =
            "then 'certway order retry --held --backend-ca \(backend.name)' compares again without ordering anew"
        var mend = "template \(order.template)"
        if let problem = problems.first(where: { $0.kind == .path }) {
            mend = backend.acceptedRootsPlace
            let stop = SubmissionStop(
                cause:
                    "acceptedRoots of backend CA \(backend.name) do not fit what it issues, or it is another CA: "
                    + "\(problem.sentence); mend \(mend), \(compareAgain)",
                fingerprint: backend.trustFingerprint)
            try await context.ledger.stop(.acceptedRoots, of: backend.name, stop.json)
            let refuted = RootProof.refuted(connection: backend.connection)
            try await context.ledger.keepProof(.acceptedRoots, of: backend.name, refuted.json)
            context.backends.note(
                ConnectorError(.configuration, stop.cause), on: backend.name, pausedUntil: nil, needsPerson: true)
        }
        return try await context.hold(
            claim, order,
            "the CA issued another certificate than asked for: \(differences); if it is right, mend \(mend), \(compareAgain); "
                + "if it is this order's and wrong, revoke it at the CA, then 'certway order cancel \(order.reference) --absent'",
            issued: issued, leadsToNoAcceptedRoot: problems.contains { $0.kind == .path })
    }

    /// Puts on record by what its template has changed since the order was planned.
    private func withTerms(_ terms: OrderTerms, _ change: OrderChange, _ order: Order) throws -> OrderChange {
        guard try terms != OrderTerms(json: order.request) else { return change }
        let agents = terms.keyRecoveryAgents.isEmpty ? "nobody" : terms.keyRecoveryAgents.joined(separator: ", ")
        return change.request(terms.json).event(
            "terms",
            "template \(order.template) was changed since it was planned: archived for \(agents), delivery \(terms.delivery.rawValue)"
        )
    }

    /// The archive copy is committed together with the certificate: there is never the one without the other.
    private func withArchivedKey(
        _ change: OrderChange, _ order: Order, _ leaf: Certificate, _ terms: OrderTerms
    ) async throws -> OrderChange {
        guard !terms.keyRecoveryAgents.isEmpty else { return change }
        try context.requireCopyable(leaf, order, terms)
        let key = try await context.workingKey(order)
        let agents = try context.keyRecoveryAgents(for: terms)
        let archived = try KeyArchive.archive(privateKey: key, recipients: agents, at: context.clock.now())
        let keys = try agents.map { try AgentIdentity($0.certificate) }.map { ($0.name, $0.key) }
        return change.archivedKey(
            cms: archived, recipients: JSONValue(terms.keyRecoveryAgents),
            keys: AgentKeys(Dictionary(keys, uniquingKeysWith: { $1 })))
    }
}
