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
    public func declareFound(_ word: String, caRequestID: String, _ gateway: Gateway, isDryRun: Bool = false)
        async throws -> Order
    {
        let order = try await order(word)
        try await entrance.pass(.decideOrder, to: .findOrder, order, isDryRun ? .byTheUseCase : .all) {
            try await ledger.requireFindable(order.id, caRequestID: caRequestID)
            try await OrderExamination(ledger: ledger, backends: gateway.backends)
                .requireSame(order, caRequestID: caRequestID)
        }
        if isDryRun { return order }
        return try await caller.asOrigin {
            try await ledger.declareFound(order.id, caRequestID: caRequestID, by: actor)
        }
    }

    /// Orders anew for the person of an order that has ended, with the directory read now.
    ///
    /// - Throws: `LedgerError` or `EnrollmentError` when the person may not have a certificate, or has one.
    public func again(_ word: String, _ gateway: Gateway, isDryRun: Bool = false) async throws -> Order {
        let order = try await order(word)
        return try await entrance.pass(.placeOrder, to: .placeOrder, order, isDryRun ? .byTheUseCase : .all) {
            if isDryRun {
                let found = try await OrderActions(gateway, caller).of(order).first { $0.name == "repeat" }
                if let obstacle = found?.obstacle { throw obstacle }
                return order
            }
            // A certificate of our own CA may have been revoked by hand, a moment ago.
            await gateway.lookAtAuthorities()
            if order.requestReference == nil, let template = gateway.configuration.template(order.template) {
                try await gateway.pass(try gateway.graphClient()).read(template)
            }
            // As it stands after the look: it may have ended by it.
            return try await gateway.orderAgain(try await self.order(word), by: actor)
        }
    }

    /// Orders a new certificate in the place of one that is in use, with the names and terms of now.
    ///
    /// - Throws: `Obstacle` for a certificate that is not in use or a template that orders nothing; `LedgerError.notPossible` when the
    ///   person may not have one.
    public func replace(
        _ record: CertificateRecord, _ gateway: Gateway, because cause: String
    ) async throws -> Order {
        try await another(for: record, gateway, because: cause) {
            try record.requireInUse(at: ledger.clock.now())
            try gateway.requireOrdering(by: record.template)
        }
    }

    /// Delivers a certificate whose working copy of the key is still here: the one that has not reached Intune.
    ///
    /// - Throws: `Obstacle` for one whose key is gone, as it is once it is delivered.
    public func deliverAgain(_ record: CertificateRecord, isDryRun: Bool = false) async throws -> Order {
        guard let order = try await ledger.order(record.orderID) else {
            throw LedgerError.noSuchOrder("\(record.orderID)")
        }
        return try await entrance.pass(.redeliver, to: .retryOrder, order, isDryRun ? .byTheUseCase : .all) {
            try record.requireDelivery(order)
            return isDryRun ? order : try await ledger.retry(order.id, by: actor)
        }
    }

    /// Orders a new certificate in the place of one that is taken from the devices, whether it is in use or over.
    ///
    /// - Throws: `LedgerError.notPossible` when the person may not have one.
    public func orderAnother(
        for record: CertificateRecord, _ gateway: Gateway, because cause: String
    ) async throws -> Order { try await another(for: record, gateway, because: cause) {} }

    private func another(
        for record: CertificateRecord, _ gateway: Gateway, because cause: String, _ require: () throws -> Void
    ) async throws -> Order {
        guard let order = try await ledger.order(record.orderID) else {
            throw LedgerError.noSuchOrder("\(record.orderID)")
        }
        return try await entrance.pass(.replace, to: .replaceOrder, order, because: cause, .all) {
            try require()
            return try await gateway.orderAgain(order, by: actor, because: cause)
        }
    }
}
