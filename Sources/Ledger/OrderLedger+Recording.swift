// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Store

extension OrderLedger {
    /// Commits one step of work on a claimed order: the order, its event and all that belongs to it, in one transaction.
    ///
    /// One that is about to leave for a CA keeps its lease for `departure` at least. An order that becomes `active` supersedes the active one of the same subscriber and template, and its certificate.
    /// An order that is no longer open gives its lease back.
    ///
    /// - Parameter stage: where the step began; nil for a change that fits any stage.
    /// - Returns: the order as it is now; look at `isHeld` and `cancelRequested` before working on.
    /// - Throws: `LedgerError.leaseLost` if another worker has claimed the order since, `.movedOn` if it is no longer in
    ///   `stage`; nothing is changed then.
    @discardableResult
    public func record(_ claim: Claim, _ change: OrderChange, from stage: OrderStage? = nil) async throws -> Order {
        let now = now()
        return try await database.write { connection in
            let table = OrderTable(connection: connection, now: now, claim: claim)
            let before = try table.order(of: claim)
            if let stage, before.stage != stage { throw LedgerError.movedOn(before, from: stage) }
            var after = before
            if change.isSubmission {
                _ = try Self.submissions.take(on: connection)
                let sure = try time(on: connection, now) + Self.departure.seconds
                after.leaseUntil = before.leaseUntil.map { max($0, sure) }
            }
            let change = Self.heldIfUnwanted(change, before)
            change.apply(to: &after)
            if !after.stage.isOpen { (after.leaseOwner, after.leaseUntil) = (nil, nil) }
            if let certificate = change.newCertificate {
                after.certificateID = try CertificateTable(connection: connection, now: now)
                    .insert(certificate, of: after)
            }
            switch change.newSealedKey {
            case .stored(let key): try OrderKeyTable(connection: connection).insert(key, of: after)
            case .erased: try OrderKeyTable(connection: connection).erase(of: after)
            case nil: break
            }
            if let archived = change.newArchivedKey { try table.store(archived, of: after) }
            return try table.save(before, as: after, change.events)
        }
    }
}

extension OrderLedger {
    /// A certificate that came although somebody has asked to cancel the order, at whatever moment, is kept with its key and
    /// goes nowhere before a person has decided.
    private static func heldIfUnwanted(_ change: OrderChange, _ order: Order) -> OrderChange {
        guard let certificate = change.newCertificate, order.cancelRequested else { return change }
        let reason =
            "the CA has issued certificate \(certificate.serialNumber) in spite of the request to cancel the order: revoke it at "
            + "the CA, or have it delivered by 'certway order retry \(order.reference)'"
        return change.hold(reason).withoutCancelRequest().event("cancelRefused", reason)
    }
}

extension OrderTable {
    fileprivate func store(_ archived: (cms: [UInt8], recipients: JSONValue), of order: Order) throws {
        guard let certificateID = order.certificateID else {
            throw LedgerError.notPossible("order \(order.reference) has no certificate yet whose key to archive")
        }
        try connection.put(
            into: "archived_keys", key: ["order_id": .integer(order.id)],
            values: [
                "certificate_id": .integer(certificateID), "cms": .blob(archived.cms),
                "recipients": SQLValue(archived.recipients), "created_at": SQLValue(now),
            ])
    }
}
