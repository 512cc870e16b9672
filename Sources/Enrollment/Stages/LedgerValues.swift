// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import PKIX

// The ledger keeps plain values and knows neither connectors nor certificates; here they meet.

extension Order {
    /// The CA's names for the order, as its connector wants them back.
    var caOrder: CAOrder? { caRequestID.map { CAOrder(caRequestID: $0, identifiers: caIdentifiers) } }
}

extension OrderChange {
    /// Remembers what the CA calls the order; nil keeps what is known.
    func caOrder(_ order: CAOrder?) -> OrderChange {
        order.map { caOrder($0.caRequestID, identifiers: $0.identifiers) } ?? self
    }
}

extension NewCertificate {
    /// - Parameter chain: issuer of the leaf first.
    init(_ leaf: Certificate, chain: some Sequence<Certificate>) {
        self.init(
            der: leaf.der, chain: chain.map(\.der), serialNumber: leaf.serialNumber.description,
            issuer: leaf.issuer.description, subject: leaf.subject.description, sha1Fingerprint: leaf.sha1Fingerprint,
            sha256Fingerprint: leaf.sha256Fingerprint, notBefore: leaf.notBefore, notAfter: leaf.notAfter,
            emailAddresses: leaf.emailAddresses)
    }
}
