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

extension CAOrder {
    /// Why the id is none, whichever module has told it: nothing at all, white space or quotes in it, zeros, a word for nothing, or longer
    /// than ids are. Programs make such of a value that is not there; then all such orders would have one id. Nil for an id.
    var nameless: ConnectorError? {
        let words = ["null", "nil", "none", "undefined", "nan", "true", "false", "n/a"]
        let isWord = caRequestID.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0.value != 0x7F && !"\"'`{}[]<>".unicodeScalars.contains($0)
        }
        let isNothing = caRequestID.allSatisfy { $0 == "0" || $0 == "-" } || words.contains(caRequestID.lowercased())
        guard !isWord || isNothing || caRequestID.utf8.count > 200 else { return nil }
        return ConnectorError(
            .outcomeUnknown,
            "the CA's answer is read as one about an order \"\(SafeText.sentence(caRequestID))\", which is no id that a CA gives: look at "
                + "what the connector takes for the order's id")
    }
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
