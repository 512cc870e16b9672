// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Store

extension OrderLedger {
    /// Commits one step of work on a claimed order: the order, its event and all that belongs to it, in one transaction.
    ///
    /// One that is about to leave for a CA keeps its lease for `departure` at least. An order that becomes `active` supersedes the one
    /// that it replaces, and its certificate. An order that is no longer open gives its lease back.
    ///
    /// - Parameters:
    ///   - stage: where the step began; nil for a change that fits any stage.
    ///   - known: the order as the last step has left it, to spare reading it again; where it is something else by now, it is read.
    /// - Returns: the order as it is now; look at `isHeld` and `cancelRequested` before working on.
    /// - Throws: `LedgerError.leaseLost` if another worker has claimed the order since, `.movedOn` if it is no longer in
    ///   `stage`; nothing is changed then.
    @discardableResult
    public func record(
        _ claim: Claim, _ change: OrderChange, from stage: OrderStage? = nil, knowing known: Order? = nil
    ) async throws -> Order {
        let id = change.newCertificate == nil ? nil : try await certificateIDs.next(on: database)
        let step = OrderStep(claim: claim, change: change, certificateID: id, issuers: issuers)
        guard let known, known.stage == stage ?? known.stage, step.fits(known) else {
            return try await take(step, from: stage)
        }
        if isSure(step), let saved = try await gathering.take(step, knowing: known, in: self) { return saved }
        do {
            return try await take(step, from: stage, knowing: known)
        } catch let error as StoreError where error.code == .constraint && change.newCertificate != nil {
            // The certificate may be there already, of this order or of another one.
            return try await take(step, from: stage)
        }
    }

    /// Whether the order's lease lasts for long enough anyway, so that nobody has to look at the database's clock.
    func isSure(_ step: OrderStep) -> Bool {
        !step.change.isSubmission || clock.uptime() + Self.departure <= step.claim.heldUntil
    }

    /// Commits a step for itself.
    private func take(_ step: OrderStep, from stage: OrderStage?, knowing known: Order? = nil) async throws -> Order {
        let now = now()
        return try await database.write { connection in
            let table = OrderTable(connection: connection, now: now, claim: step.claim)
            if let known, isSure(step), let saved = try OrderStep.takeUnlessChanged([(step, known)], in: table) {
                return saved[0]
            }
            let before = try table.order(of: step.claim)
            if let stage, before.stage != stage { throw LedgerError.movedOn(before, from: stage) }
            var sure: Date?
            if !isSure(step) { sure = try time(on: connection, now) + Self.departure.seconds }
            return try step.take(before, in: table, leasedUntil: sure)
        }
    }
}
