// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Ledger
import Planning

/// Looks whether the CA has an order already that the database has forgotten, because it is an older copy. What it has is
/// taken over and waits for a person: its private key lies in the database that was lost. One that left with the key that the
/// copy has goes on as one whose answer was lost.
struct RestoreSearch {
    /// The order itself, and as many after it as the CA may have refused before one was issued: then only a person orders again.
    private static let references = RepeatSchedule.maximumAttempts + 1
    private static let looked = "lookedFor"

    let context: EnrollmentContext
    let doubt: RestoreDoubt

    /// Whether the CA has been asked in this doubt, or a person has looked, or the order has left since. What the copy says of
    /// earlier attempts and doubts says nothing of what came after it.
    func isDone(_ order: Order) async throws -> Bool {
        if let left = order.submittedAt, left >= doubt.noticedAt { return true }
        return try await context.ledger.events(order.id).contains {
            [Self.looked, "absent"].contains($0.kind) && $0.at >= doubt.noticedAt
        }
    }

    /// - Returns: the order as it is now: where it was, to leave, or held.
    func perform(_ claim: Claim, _ order: Order, _ backend: BackendCA) async throws -> Order {
        guard let finder = doubt.finder(backend) else {
            throw EnrollmentError(doubt.stop(at: backend, among: context.backends) ?? doubt.cause)
        }
        // What had left just before may not show yet.
        let visible = doubt.noticedAt.addingTimeInterval(finder.absenceIsSureAfter.seconds)
        if context.clock.now() < visible {
            let sentence = "\(doubt.cause): looked for at \(backend.name) once what may have left before shows there"
            return try await context.record(
                claim, order,
                OrderChange("searching", sentence).unless(order.detail == sentence).nextAction(at: visible))
        }
        let questions = try await questions(about: order)
        for request in questions {
            let isOwn = request.reference == order.reference
            switch try await finder.find(request) {
            case .absent: continue
            case .undecidable(let reason):
                // Under other names than the order's, nobody would look again.
                if isOwn, request.names.emails == questions[0].names.emails,
                    try await hadLeftWithItsKey(order, nil, request)
                {
                    return try await goOn(claim, order, backend, nil)
                }
                return try await adopt(
                    claim, order, backend, nil,
                    "it cannot be told whether the CA has an order for the same already: \(reason); look for \(request.reference) there; "
                        + "if it is not there: 'certway order retry \(order.reference) --absent'; if it is: revoke it, then "
                        + Self.anew(order, isAbsent: true))
            case .found(let outcome):
                if isOwn, try await hadLeftWithItsKey(order, outcome, request) {
                    return try await goOn(claim, order, backend, outcome)
                }
                if let held = try await takeOver(claim, order, backend, outcome, isOwn: isOwn) { return held }
            }
        }
        // Last: a person who reads of another CA orders at this one, which has to have said that it has none.
        if let held = try await lookElsewhere(claim, order, backend, questions) { return held }
        if let held = try await lookInIntune(claim, order, backend) { return held }
        return try await context.record(
            claim, order, OrderChange(Self.looked, "not at the CA: an order lost with a newer database was looked for"))
    }

    /// Each reference that the order may have had, under the names of today and under those that the person has or had beside them: CAs
    /// list orders by their address, and what was a person's primary address when the order was forgotten may be an alias today.
    private func questions(about order: Order) async throws -> [CertificateRequest] {
        var request = try await context.request(for: order)
        request.submittedAt = doubt.since
        let references = try await context.ledger.references(from: order, count: Self.references)
        let today = Set(request.names.emails.map { $0.lowercased() })
        var others = try await context.addresses?(order) ?? []
        others += try await context.ledger.certifiedAddresses(of: order)
        var seen = today
        let names =
            [request.names]
            + others.filter { seen.insert($0.lowercased()).inserted }.map { address in
                var names = request.names
                names.emails = [address]
                return names
            }
        return references.flatMap { reference in
            names.map { names in
                var question = request
                (question.reference, question.names) = (reference, names)
                return question
            }
        }
    }

    /// The template may have been at another backend CA when the order was forgotten: what one of them has, or cannot tell, is left to a
    /// person. Those that cannot be asked by a reference are not: an order for them waits by itself.
    private func lookElsewhere(
        _ claim: Claim, _ order: Order, _ backend: BackendCA, _ questions: [CertificateRequest]
    ) async throws -> Order? {
        for name in context.backends.names where name != order.backendCA {
            guard case .ready(let other)? = context.backends[name], let finder = doubt.finder(other) else { continue }
            for question in questions {
                let reference = question.reference
                let what: String
                switch try await finder.find(question) {
                case .absent, .found(.rejected): continue
                case .undecidable(let reason): what = "cannot tell whether it has order \(reference) (\(reason))"
                case .found(.pending): what = "has order \(reference) already, which waits there"
                case .found(.issued(let issued)):
                    what =
                        "has issued certificate \(issued.certificateChain.first?.serialNumber.hex ?? "") for order \(reference) "
                        + "already"
                }
                return try await adopt(
                    claim, order, backend, nil,
                    "backend CA \(name) \(what); end it there, or leave it so; then 'certway order retry \(order.reference) --absent' "
                        + "orders at \(order.backendCA), and 'certway order cancel \(order.reference) --absent' does not"
                )
            }
        }
        return nil
    }

    /// The CA that had issued for it may be one that the copy does not know: what it issued lies in Intune all the same. Who has given up an
    /// order of the same person in this doubt has been told of it.
    private func lookInIntune(_ claim: Claim, _ order: Order, _ backend: BackendCA) async throws -> Order? {
        let others = try await context.ledger.orders(
            OrderFilter(stages: [.cancelled], template: order.template, text: order.subscriberID))
        guard !others.contains(where: { $0.updatedAt >= doubt.noticedAt }) else { return nil }
        guard let certificate = try await context.forgottenRecord?(order) else { return nil }
        return try await adopt(
            claim, order, backend, nil,
            "Intune holds certificate \(certificate) of \(order.userPrincipalName), made for this gateway's key, and no CA that is configured "
                + "says that it has issued it: the configuration may be as old as the database; configure its CA, too, then 'certway adopt', and "
                + "'certway order cancel \(order.reference) --absent' ends this order; 'certway order retry \(order.reference) --absent' orders "
                + "another one")
    }

    /// Whether what the CA may have under the order's own reference was requested with the key that is in this database. A
    /// certificate tells; of what is pending or cannot be told: a key that is older than the doubt lay in the copy.
    private func hadLeftWithItsKey(
        _ order: Order, _ outcome: EnrollmentOutcome?, _ request: CertificateRequest
    ) async throws -> Bool {
        switch outcome {
        case .rejected?: return false
        case .issued(let issued)?: return issued.hasKey(of: request)
        case .pending?, nil:
            let made = try await context.ledger.events(order.id).last { $0.kind == KeyStage.madeEvent }
            return made.map { $0.at < doubt.noticedAt } ?? false
        }
    }

    /// Only the answer was lost, with the newer database: looked for, compared and taken as every lost answer.
    private func goOn(
        _ claim: Claim, _ order: Order, _ backend: BackendCA, _ outcome: EnrollmentOutcome?
    ) async throws -> Order {
        let sentence = "\(doubt.cause): the order had left with its key"
        return try await context.record(
            claim, order,
            submission(OrderChange("searching", sentence).stage(.submitted), backend).doubt(nil, sentence)
                .caOrder(named(outcome)))
    }

    /// As an order that has left before the copy was put back.
    private func submission(_ change: OrderChange, _ backend: BackendCA) -> OrderChange {
        change.submission(
            at: doubt.since, to: backend.connection, secretsMark: backend.secretsMark(under: context.sealingKey))
    }

    private func takeOver(
        _ claim: Claim, _ order: Order, _ backend: BackendCA, _ outcome: EnrollmentOutcome, isOwn: Bool
    ) async throws -> Order? {
        switch outcome {
        case .rejected(let rejection):
            guard isOwn else { return nil }
            // It has left, long ago: the reference is used up, and the next order of this person has another one.
            return try await context.record(
                claim, order,
                submission(
                    OrderChange(
                        OrderEnding.withdrawnEvent,
                        "an order of the same reference has ended at the CA (\(rejection.reason)): planned anew"
                    ).stage(.cancelled), backend))
        case .pending(let pending):
            return try await adopt(
                claim, order, backend, outcome,
                "the CA has this order already, as \(pending.order.caRequestID), and its private key is lost: "
                    + Self.anew(order, isAbsent: false) + ", withdraws it there and orders anew")
        case .issued(let issued):
            let leaf = issued.certificateChain.first
            return try await adopt(
                claim, order, backend, outcome,
                "the CA has issued certificate \(leaf?.serialNumber.hex ?? "") for this order already, valid to "
                    + "\(leaf?.notAfter.ISO8601Format() ?? ""): devices that have it go on with it until then, and its private key is "
                    + "not in this database's archive; it is not renewed, so before it ends, or at once after revoking it at the CA: "
                    + Self.anew(order, isAbsent: true))
        }
    }

    /// The order has left, long ago: it is at the CA, and counts as submitted.
    private func adopt(
        _ claim: Claim, _ order: Order, _ backend: BackendCA, _ outcome: EnrollmentOutcome?, _ reason: String
    ) async throws -> Order {
        let sentence = "\(doubt.cause): \(reason)"
        var stage = OrderStage.submitted
        if case .pending? = outcome { stage = .pending }
        var issued: IssuedCertificate?
        if case .issued(let certificate)? = outcome { issued = certificate }
        return try await context.record(
            claim, order,
            submission(OrderChange("held", sentence, data: issued?.record ?? [:]).stage(stage), backend)
                .caOrder(named(outcome)).hold(sentence))
    }

    private func named(_ outcome: EnrollmentOutcome?) -> CAOrder? {
        outcome?.order.flatMap { $0.nameless == nil ? $0 : nil }
    }

    /// What a person types who wants another order.
    private static func anew(_ order: Order, isAbsent: Bool) -> String {
        "'certway order cancel \(order.reference)\(isAbsent ? " --absent" : "")', and once it has ended 'certway order again "
            + "\(order.reference)'"
    }
}
