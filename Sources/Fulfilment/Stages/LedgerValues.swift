// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Ledger

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

extension IssuedCertificate {
    /// For an event, where the certificate itself is not taken over.
    var record: JSONValue { ["certificate": JSONValue(certificateChain.first?.pem)] }
}

extension OrderSearchResult {
    /// What has become of the order; nil where it was not found.
    var outcome: EnrollmentOutcome? { if case .found(let outcome) = self { outcome } else { nil } }
}
