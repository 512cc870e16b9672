// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Store

/// One step of work on a claimed order, inside the transaction that commits it.
struct OrderStep: Sendable {
    let claim: Claim
    let change: OrderChange
    /// For the certificate that it brings.
    let certificateID: Int64?
    let issuers: KnownIssuers

    /// Takes the step from what the order was when last seen, without reading it. A certificate that is on record already is an error
    /// of the store here.
    ///
    /// - Returns: nil, and nothing is written, when the order is something else by now.
    func takeUnlessChanged(_ known: Order, in table: OrderTable) throws -> Order? {
        // Without an event nothing may differ that could be compared.
        guard known.id == claim.orderID, known.fence == claim.fence, known.leaseOwner == claim.owner,
            !change.events.isEmpty
        else { return nil }
        return try save(known, in: table, leasedUntil: nil, certificate: certificateID, isNew: true)
    }

    /// Takes the step from what the order is.
    ///
    /// - Parameters:
    ///   - before: read in this transaction, and locked.
    ///   - leasedUntil: until when its lease has to last at least.
    func take(_ before: Order, in table: OrderTable, leasedUntil: Date?) throws -> Order {
        let known = try change.newCertificate.flatMap { try certificates(table).known($0, of: before) }
        let saved = try save(
            before, in: table, leasedUntil: leasedUntil, certificate: known ?? certificateID, isNew: known == nil)
        guard let saved else { throw OrderTable.changedMeanwhile(before) }
        return saved
    }

    private func save(
        _ before: Order, in table: OrderTable, leasedUntil: Date?, certificate id: Int64?, isNew: Bool
    ) throws -> Order? {
        var after = before
        if let leasedUntil { after.leaseUntil = before.leaseUntil.map { max($0, leasedUntil) } }
        let change = Self.heldIfUnwanted(change, before)
        change.apply(to: &after)
        if change.newCertificate != nil { after.certificateID = id }
        let saved = try table.saveUnlessChanged(before, as: after, change.events) { after in
            if isNew, let certificate = change.newCertificate, let id {
                try certificates(table).insert(certificate, as: id, of: after)
            }
            if let archived = change.newArchivedKey { try table.store(archived, of: after) }
        }
        guard let saved else { return nil }
        let keys = OrderKeyTable(connection: table.connection)
        switch change.newSealedKey {
        // An order that is only planned has no key, unless its key was erased.
        case .stored(let key): try keys.insert(key, of: saved, isFirst: before.stage == .planned)
        case .erased: try keys.erase(of: saved)
        case nil: break
        }
        // Others wait for this counter: last.
        if change.isSubmission { try OrderLedger.submissions.advance(on: table.connection) }
        return saved
    }

    private func certificates(_ table: OrderTable) -> CertificateTable {
        CertificateTable(connection: table.connection, now: table.now, issuers: issuers)
    }

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
    fileprivate func store(
        _ archived: (cms: [UInt8], recipients: JSONValue, keys: AgentKeys), of order: Order
    ) throws {
        guard let certificateID = order.certificateID else {
            throw LedgerError.notPossible("order \(order.reference) has no certificate yet whose key to archive")
        }
        try connection.put(
            into: "archived_keys", key: ["order_id": .integer(order.id)],
            values: [
                "certificate_id": .integer(certificateID), "cms": .blob(archived.cms),
                "recipients": SQLValue(archived.recipients), "created_at": SQLValue(now),
                "agent_keys": SQLValue(archived.keys.json),
            ])
        try AgentKeyTable(connection: connection).note(archived.keys, at: now)
    }
}
