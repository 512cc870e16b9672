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

    /// Whether it can be taken from what the order was when last seen, without reading it.
    func fits(_ known: Order) -> Bool {
        // Without an event nothing may differ that could be compared.
        known.id == claim.orderID && known.fence == claim.fence && known.leaseOwner == claim.owner
            && !change.events.isEmpty
    }

    /// Takes steps from what their orders were when last seen, without reading them. A certificate that is on record already is an error
    /// of the store here.
    ///
    /// - Parameter steps: of different orders, each of which fits.
    /// - Returns: nil when one of the orders is something else by now: the transaction is to be undone, unless it was the only one.
    static func takeUnlessChanged(_ steps: [(step: OrderStep, known: Order)], in table: OrderTable) throws -> [Order]? {
        try save(steps.map { Part($0.step, $0.known, certificateID: $0.step.certificateID) }, in: table)
    }

    /// Takes the step from what the order is.
    ///
    /// - Parameters:
    ///   - before: read in this transaction, and locked.
    ///   - leasedUntil: until when its lease has to last at least.
    func take(_ before: Order, in table: OrderTable, leasedUntil: Date?) throws -> Order {
        let known = try change.newCertificate.flatMap { try Self.certificates(table, issuers).known($0, of: before) }
        let part = Part(
            self, before, leasedUntil: leasedUntil, certificateID: known ?? certificateID, isNew: known == nil)
        guard let saved = try Self.save([part], in: table)?.first else { throw OrderTable.changedMeanwhile(before) }
        return saved
    }

    /// A step with what it starts from.
    private struct Part {
        let claim: Claim
        let issuers: KnownIssuers
        let before: Order
        let after: Order
        let change: OrderChange
        /// A certificate that is not on record yet, with its id.
        let newCertificate: (new: NewCertificate, id: Int64)?

        init(_ step: OrderStep, _ before: Order, leasedUntil: Date? = nil, certificateID id: Int64?, isNew: Bool = true)
        {
            var after = before
            if let leasedUntil { after.leaseUntil = before.leaseUntil.map { max($0, leasedUntil) } }
            change = OrderStep.heldIfUnwanted(step.change, before)
            change.apply(to: &after)
            if change.newCertificate != nil { after.certificateID = id }
            (claim, issuers, self.before, self.after) = (step.claim, step.issuers, before, after)
            newCertificate = isNew ? change.newCertificate.flatMap { new in id.map { (new, $0) } } : nil
        }
    }

    private static func save(_ parts: [Part], in table: OrderTable) throws -> [Order]? {
        let saves = parts.map { OrderSave($0.before, as: $0.after, $0.change.events, by: $0.claim, at: table.now) }
        let saved = try table.saveUnlessChanged(saves) { afters in
            try certificates(table, parts[0].issuers).insert(
                zip(parts, afters).compactMap { part, after in part.newCertificate.map { ($0.new, $0.id, after) } })
            for (part, after) in zip(parts, afters) {
                if let archived = part.change.newArchivedKey { try table.store(archived, of: after) }
            }
        }
        guard let saved else { return nil }
        let keys = OrderKeyTable(connection: table.connection)
        var made: [(OrderKey, Order, Bool)] = []
        for (part, after) in zip(parts, saved) {
            switch part.change.newSealedKey {
            // An order that is only planned has no key, unless its key was erased.
            case .stored(let key): made.append((key, after, part.before.stage == .planned))
            case .erased: try keys.erase(of: after)
            case nil: break
            }
        }
        try keys.insert(made)
        // Others wait for this counter: last.
        let submissions = parts.count { $0.change.isSubmission }
        if submissions > 0 { try OrderLedger.submissions.advance(by: Int64(submissions), on: table.connection) }
        return saved
    }

    private static func certificates(_ table: OrderTable, _ issuers: KnownIssuers) -> CertificateTable {
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
