// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Asks the CA again about an order that was pending.
public protocol OrderPolling: CertificateAuthorityConnector {
    /// Where the CA wants it, takes the order's next step, such as asking for a certificate that was approved. The host polls only
    /// what its subscriber is still to have.
    ///
    /// - Parameters:
    ///   - order: as an earlier outcome of the same backend CA gave it.
    ///   - request: the original request, for connectors whose answers need it.
    /// - Returns: the order's outcome now; `issued` includes the certificate chain.
    func poll(_ order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome

    /// The same, by nothing but reading: a look never buys, whatever the CA would do if it was asked. For orders that have ended here,
    /// and for those that nobody is to have any more. The default is `poll`, for connectors that take no steps.
    ///
    /// - Returns: the order's outcome now; a pending order says by `awaitsStep` that the CA waits to be asked.
    func look(at order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome

    /// Whether the CA's order of this id is the one that was placed for `request`; a person has named the id. Reads only.
    ///
    /// - Returns: `found` when something in it proves so, such as our reference or the key of its certificate, with what is
    ///   known of it so far; `absent` when it is another order, or none; `undecidable` when nothing can be compared yet.
    func examine(_ order: CAOrder, request: CertificateRequest) async throws -> OrderSearchResult
}

extension OrderPolling {
    public func look(at order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome {
        try await poll(order, request: request)
    }

    public func examine(_ order: CAOrder, request: CertificateRequest) async throws -> OrderSearchResult {
        try await examineByKey(order, request: request)
    }

    /// `examine` by the key of the certificate, where answers show nothing else of ours.
    ///
    /// - Parameter read: asks the CA about the order; `look` when left out.
    public func examineByKey(
        _ order: CAOrder, request: CertificateRequest, reading read: (() async throws -> EnrollmentOutcome)? = nil
    ) async throws -> OrderSearchResult {
        let outcome: EnrollmentOutcome
        do {
            if let read { outcome = try await read() } else { outcome = try await look(at: order, request: request) }
        } catch let error as ConnectorError where error.kind == .refused {
            return .undecidable("\(error.message); so nothing of \(order.caRequestID) can be compared")
        }
        switch outcome {
        case .issued(let issued):
            let key = try issued.certificateChain.first?.publicKey
            return key == (try request.csr.publicKey) ? .found(outcome) : .absent
        case .pending:
            return .undecidable(
                "\(order.caRequestID) has no certificate yet, and nothing else of it can be compared; try again once it is "
                    + "issued")
        case .rejected(let rejection):
            return .undecidable("\(order.caRequestID) has ended without a certificate: \(rejection.reason)")
        }
    }
}
