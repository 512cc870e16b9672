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
    /// The order itself, and as many after it: some may have ended before they left.
    private static let references = 3
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
        guard let finder = doubt.finder(backend) else { throw EnrollmentError(doubt.stop(at: backend) ?? doubt.cause) }
        // What had left just before may not show yet.
        let visible = doubt.noticedAt.addingTimeInterval(finder.absenceIsSureAfter.seconds)
        if context.clock.now() < visible {
            let sentence = "\(doubt.cause): looked for at \(backend.name) once what may have left before shows there"
            return try await context.record(
                claim, order,
                OrderChange("searching", sentence).unless(order.detail == sentence).nextAction(at: visible))
        }
        var request = try await context.request(for: order)
        request.submittedAt = doubt.since
        let references = try await context.ledger.references(from: order, count: Self.references, since: doubt.since)
        if let held = try await lookElsewhere(claim, order, backend, request, references) { return held }
        for reference in references {
            request.reference = reference
            switch try await finder.find(request) {
            case .absent: continue
            case .undecidable(let reason):
                if reference == order.reference, try await hadLeftWithItsKey(order, nil, request) {
                    return try await goOn(claim, order, backend)
                }
                return try await adopt(
                    claim, order, backend, nil,
                    "it cannot be told whether the CA has an order for the same already: \(reason); look for \(reference) there; "
                        + "if it is not there: 'certway order retry \(order.reference) --absent'; if it is: revoke it, then "
                        + Self.anew(order, isAbsent: true))
            case .found(let outcome):
                if reference == order.reference, try await hadLeftWithItsKey(order, outcome, request) {
                    return try await goOn(claim, order, backend)
                }
                if let held = try await takeOver(claim, order, backend, outcome, reference) { return held }
            }
        }
        return try await context.record(
            claim, order, OrderChange(Self.looked, "not at the CA: an order lost with a newer database was looked for"))
    }

    /// The template may have been at another backend CA when the order was forgotten: what one of them has, or cannot tell, is left to a
    /// person. Those that cannot be asked by a reference are not: an order for them waits by itself.
    private func lookElsewhere(
        _ claim: Claim, _ order: Order, _ backend: BackendCA, _ start: CertificateRequest, _ references: [String]
    ) async throws -> Order? {
        for name in context.backends.names where name != order.backendCA {
            guard case .ready(let other)? = context.backends[name], let finder = doubt.finder(other) else { continue }
            for reference in references {
                var request = start
                request.reference = reference
                let what: String
                switch try await finder.find(request) {
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
    private func goOn(_ claim: Claim, _ order: Order, _ backend: BackendCA) async throws -> Order {
        let sentence = "\(doubt.cause): the order had left with its key"
        return try await context.record(
            claim, order,
            OrderChange("searching", sentence).stage(.submitted).submission(
                at: doubt.since, to: backend.connection, secretsMark: backend.secretsMark(under: context.sealingKey)
            ).doubt(nil, sentence))
    }

    private func takeOver(
        _ claim: Claim, _ order: Order, _ backend: BackendCA, _ outcome: EnrollmentOutcome, _ reference: String
    ) async throws -> Order? {
        switch outcome {
        case .rejected(let rejection):
            guard reference == order.reference else { return nil }
            // The reference is used up; the next order of this person has another one.
            return try await context.record(
                claim, order,
                OrderChange(
                    OrderEnding.withdrawnEvent,
                    "an order of the same reference has ended at the CA (\(rejection.reason)): planned anew"
                ).stage(.cancelled))
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
            OrderChange("held", sentence, data: issued?.record ?? [:]).stage(stage)
                .submission(
                    at: doubt.since, to: backend.connection, secretsMark: backend.secretsMark(under: context.sealingKey)
                )
                .caOrder(outcome?.order?.caRequestID, identifiers: outcome?.order?.identifiers ?? [:]).hold(sentence))
    }

    /// What a person types who wants another order.
    private static func anew(_ order: Order, isAbsent: Bool) -> String {
        "'certway order cancel \(order.reference)\(isAbsent ? " --absent" : "")', and once it has ended 'certway order again "
            + "\(order.reference)'"
    }
}
