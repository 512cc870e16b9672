// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import Store

extension EnrollmentContext {
    /// How often a commit is tried whose database is away, about a second apart: what a CA has answered is in hand and in
    /// nobody's memory else.
    private static let attempts = 30

    /// Commits a step that began with `order`.
    ///
    /// - Throws: `StoreError` when the database stays away or is in need of an operator; `LedgerError`.
    func record(_ claim: Claim, _ order: Order, _ change: OrderChange) async throws -> Order {
        try await committing { attempt in
            do {
                let recorded = try await ledger.record(claim, change, from: order.stage, knowing: order)
                tell(recorded, after: order)
                return recorded
            } catch LedgerError.movedOn(let now, let from) where attempt > 0 && now.stage == change.newStage {
                // The commit whose confirmation was lost had reached the disk.
                logger.log(.info, "order \(now.id) had left \(from.rawValue) already", fields: [])
                return now
            }
        }
    }

    /// Commits a step, and again as long as the database is away.
    ///
    /// - Parameter commit: gets how often it was tried before.
    /// - Throws: `StoreError` when the database stays away; what else the commit throws.
    func committing<Result>(_ commit: (_ attempt: Int) async throws -> Result) async throws -> Result {
        var attempt = 0
        while true {
            do {
                return try await commit(attempt)
            } catch let error as StoreError
                where (error.isTransient || error.code == .unknownOutcome) && attempt < Self.attempts
                && !Task.isCancelled
            {
                logger.log(.notice, "the database is away, the step is committed again: \(error)", fields: [])
                try? await clock.sleep(for: .milliseconds(min(100 << min(attempt, 4), 1000)))
                attempt += 1
            }
        }
    }

    /// A line for whoever follows the work: an order that a CA has, that is done or that has ended, and one that is held.
    private func tell(_ order: Order, after before: Order) {
        let isFurther =
            order.stage != before.stage && !OrderStage.beforeSubmission.union([.submitted]).contains(order.stage)
        guard isFurther || (order.isHeld && !before.isHeld) else { return }
        let what =
            order.holdReason.map { "held for a person: \($0)" }
            ?? [order.stage.rawValue, order.detail].compactMap(\.self).joined(separator: ": ")
        logger.log(
            .info, "order \(order.reference), template \(order.template) at \(order.backendCA): \(what)",
            fields: [("order", "\(order.id)")])
    }

    /// Leaves an order where it is, or back at `stage`, to be tried again later; the error says how much later.
    ///
    /// - Parameters:
    ///   - before: the order before the step, whose failures count; a step that was committed in between is no success.
    ///   - stage: where it goes on; in doubt about this very error at `submitted`.
    ///   - issued: what the CA has issued meanwhile, for the record.
    func postpone(
        _ claim: Claim, _ order: Order, after error: any Error, before: Order? = nil, backTo stage: OrderStage? = nil,
        issued: IssuedCertificate? = nil
    ) async throws -> Order {
        let before = before ?? order
        let delay = RetrySchedule.delay(after: error, failures: before.failures)
        let isOldNews =
            before.errorKind != nil && issued == nil
            && before.detail?.withoutPassingDetails == "\(error)".withoutPassingDetails
        var change = OrderChange("postponed", "\(error)", data: issued?.record ?? [:]).unless(isOldNews).failure(
            RetrySchedule.kind(of: error), nextAction: clock.now().addingTimeInterval(delay.seconds)
        ).caOrder(issued?.order)
        if let stage { change = change.stage(stage) }
        if stage == .submitted, let error = error as? ConnectorError {
            change = change.doubt(
                error.kind == .outcomeUnknown ? error.ifAbsent?.rawValue : error.kind.rawValue, error.message)
        }
        logger.log(
            .info, "order \(order.id) postponed by \(delay.seconds) s: \(error)", fields: [("order", "\(order.id)")])
        if let error = error as? ConnectorError { note(error, on: order.backendCA) }
        return try await record(claim, order, change)
    }

    /// What a failure means for the whole backend CA.
    func note(_ error: ConnectorError, on backendCA: String) {
        let now = clock.now()
        switch error.kind {
        case .authentication:
            // Credentials that the CA does not accept are not tried by every order: at some CAs that locks the account.
            backends.note(error, on: backendCA, pausedUntil: now + 60, needsPerson: true)
        case .configuration: backends.note(error, on: backendCA, pausedUntil: nil, needsPerson: true)
        case .throttled:
            let told = error.retryAfter ?? .seconds(5)
            let pause = min(max(told, .seconds(1)), RetrySchedule.longest)
            var noted = error
            // A quota of a day is a rest. Nobody means ten years, and nobody should find out by the certificates that are
            // missing.
            let isLong = told > RetrySchedule.longest
            if isLong {
                let until = (now + pause.seconds).ISO8601Format()
                noted.message = "\(error.message); it asks to be left alone for \(Int(min(told.seconds, 1e12))) s, "
                noted.message += "the gateway comes back at \(until): ask the CA about the limits of the account"
            }
            backends.note(noted, on: backendCA, pausedUntil: now + pause.seconds, needsPerson: isLong)
        case .transient, .refused, .outcomeUnknown: break
        }
    }

    /// Leaves an order to a person. Who asked to cancel it has not said that the CA has no certificate of it, so it does not
    /// end here: that would erase the key of one that may exist, and another would be ordered.
    ///
    /// - Parameters:
    ///   - reason: what to look at and what to do.
    ///   - issued: what the CA has issued, for the record.
    ///   - data: further facts for the record.
    func hold(
        _ claim: Claim, _ order: Order, _ reason: String, issued: IssuedCertificate? = nil,
        leadsToNoAcceptedRoot: Bool = false, data: [String: JSONValue] = [:]
    ) async throws -> Order {
        var record = (issued?.record.object ?? [:]).merging(data) { old, _ in old }
        if leadsToNoAcceptedRoot { record[OrderEvent.leadsToNoAcceptedRoot] = true }
        var change = OrderChange("held", reason, data: .object(record)).hold(reason).withoutCancelRequest()
        if order.cancelRequested {
            change = change.event(
                "cancelRefused",
                "not cancelled, since the CA may have it: 'certway order cancel \(order.reference) --absent' says that "
                    + "somebody has looked there")
        }
        return try await self.record(claim, order, change.caOrder(issued?.order))
    }
}
