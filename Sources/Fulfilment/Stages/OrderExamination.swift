// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Ledger
import Planning

/// Looks at an order of a CA that a person has named, before anybody believes that it is ours.
public struct OrderExamination: Sendable {
    private let ledger: OrderLedger
    private let backends: BackendCARegistry

    public init(ledger: OrderLedger, backends: BackendCARegistry) {
        self.ledger = ledger
        self.backends = backends
    }

    /// Returns when the CA's order is the one that was placed for `order`. Reads only; costs one or two calls to the CA.
    ///
    /// - Parameter caRequestID: what the CA calls it, as the person has read it there.
    /// - Throws: `LedgerError.notPossible` when it is another one, or cannot be told; `ConnectorError`. Nothing has changed
    ///   then, at the CA neither.
    public func requireSame(_ order: Order, caRequestID: String) async throws {
        let backend = try backends.backend(toAskAbout: order)
        guard let poller = backend.ability((any OrderPolling).self, .poll) else {
            throw LedgerError.notPossible("\(backend.explainMissing(.poll)): an id there cannot be looked at")
        }
        guard let key = try await ledger.key(orderID: order.id) else {
            throw LedgerError.notPossible("order \(order.reference) has no key yet: nothing has left for the CA")
        }
        let request = try CertificateRequestBuilder(order: order, terms: OrderTerms(json: order.request))
            .makeRequest(csr: key.csr)
        switch try await poller.examine(CAOrder(caRequestID: caRequestID), request: request) {
        case .found: return
        case .absent:
            throw LedgerError.notPossible(
                "\(caRequestID) at \(backend.name) is another order than \(order.reference): nothing was changed")
        case .undecidable(let reason):
            throw LedgerError.notPossible("\(reason); nothing was changed")
        }
    }
}
