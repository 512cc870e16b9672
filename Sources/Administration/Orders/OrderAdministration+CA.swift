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
        try await entrance.pass(.decideOrder, to: .findOrder, order, .all) {
            try await ledger.requireFindable(order.id, caRequestID: caRequestID)
            try await OrderExamination(ledger: ledger, backends: gateway.backends)
                .requireSame(order, caRequestID: caRequestID)
        }
        return try await caller.asOrigin {
            try await ledger.declareFound(order.id, caRequestID: caRequestID, by: actor)
        }
    }

    /// Orders anew for the person of an order that has ended, with the directory read now.
    ///
    /// - Throws: `LedgerError` or `EnrollmentError` when the person may not have a certificate, or has one.
    public func again(_ word: String, _ gateway: Gateway) async throws -> Order {
        let order = try await order(word)
        return try await entrance.pass(.placeOrder, to: .placeOrder, order, .all) {
            // A certificate of our own CA may have been revoked by hand, a moment ago.
            await gateway.lookAtAuthorities()
            if let template = gateway.configuration.template(order.template) {
                _ = try await gateway.synchronizer(try gateway.graphClient()).synchronize(
                    group: template.group, nested: template.nested)
            }
            return try await gateway.orderAgain(order, by: actor)
        }
    }

    /// Orders a new certificate in the place of one that is in use, with the names and terms of now.
    ///
    /// - Throws: `LedgerError.notPossible` when the person may not have one or the certificate is not in use.
    public func replace(_ record: CertificateRecord, _ gateway: Gateway, because cause: String) async throws -> Order {
        guard let order = try await ledger.order(record.orderID) else {
            throw LedgerError.noSuchOrder("\(record.orderID)")
        }
        return try await entrance.pass(.replace, to: .replaceOrder, order, because: cause, .all) {
            try await gateway.orderAgain(order, by: actor, because: cause)
        }
    }
}
