// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Fulfilment
import Gateway
import Ledger
import Planning
import Records

/// What needs more than the ledger: the CA, or the directory.
extension OrderAdministration {
    /// A person has looked: the CA has the order, under this id. The CA's order is looked at before that is believed.
    ///
    /// - Throws: `LedgerError.notPossible` when it is another order, or cannot be told; nothing is changed then.
    public func declareFound(_ word: String, caRequestID: String, _ gateway: Gateway) async throws -> Order {
        let order = try await order(word)
        try await notingRefusal(of: .findOrder, order) {
            try await ledger.requireFindable(order.id, caRequestID: caRequestID)
            try await OrderExamination(ledger: ledger, backends: gateway.backends)
                .requireSame(order, caRequestID: caRequestID)
        }
        return try await ledger.declareFound(order.id, caRequestID: caRequestID, by: actor)
    }

    /// Orders anew for the person of an order that has ended, with the directory read now.
    ///
    /// - Throws: `LedgerError` or `EnrollmentError` when the person may not have a certificate, or has one.
    public func again(_ word: String, _ gateway: Gateway) async throws -> Order {
        // A certificate of our own CA may have been revoked by hand, a moment ago.
        await gateway.lookAtAuthorities()
        let order = try await order(word)
        if let template = gateway.configuration.template(order.template) {
            _ = try await gateway.synchronizer(try gateway.graphClient()).synchronize(
                group: template.group, nested: template.nested)
        }
        return try await notingRefusal(of: .placeOrder, order) { try await gateway.orderAgain(order, by: actor) }
    }

    /// Orders a new certificate in the place of one that is in use, with the names and terms of now.
    ///
    /// - Throws: `LedgerError.notPossible` when the person may not have one or the certificate is not in use.
    public func replace(_ record: CertificateRecord, _ gateway: Gateway, because cause: String) async throws -> Order {
        guard let order = try await ledger.order(record.orderID) else {
            throw LedgerError.noSuchOrder("\(record.orderID)")
        }
        return try await notingRefusal(of: .replaceOrder, order) {
            try await gateway.orderAgain(order, by: actor, because: cause)
        }
    }

    /// What is refused before the ledger is asked stands in the audit trail, too.
    private func notingRefusal<Result>(
        of action: AuditAction, _ order: Order, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch {
            if error is LedgerError || error is EnrollmentError {
                try await ledger.noteRefusal(of: action, order.id, by: AuditActor(named: actor), "\(error)")
            }
            throw error
        }
    }
}
