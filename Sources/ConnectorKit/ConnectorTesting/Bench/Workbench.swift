// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
internal import PKIX
internal import Synchronization

/// What all checks of one run share.
final class Workbench: Sendable {
    let bench: ConformanceBench
    let book: OrderBook
    let observations: ConformanceObservations
    /// The connector as the gateway would have it.
    let connector: any CertificateAuthorityConnector
    /// Places of CRLs that a check has waited for in vain: the next one looks once, or each would wait as long for the
    /// same list.
    let staleCRLs = Mutex<Set<String>>([])
    private let shared = SharedFindings()

    /// - Throws: what the connector throws when it is made.
    init(_ bench: ConformanceBench) throws {
        let observations = ConformanceObservations(bench.services.logger)
        var bench = bench
        bench.services.logger = observations
        self.bench = bench
        self.observations = observations
        book = OrderBook(limit: bench.orderLimit)
        connector = try bench.connector()
    }

    /// The first certificate of the run, ordered when a check needs it first.
    func firstCertificate(_ run: CheckRun) async throws -> IssuedOrder {
        try await shared.firstCertificate(isControl: false) { try await run.issue(run.request("first")) }
    }

    /// Shows that an ordinary order is accepted here: where every order is refused, a refusal proves nothing.
    ///
    /// - Throws: `CheckStop`: skipped when it is not.
    func requireControlOrder(_ run: CheckRun) async throws {
        _ = try await shared.firstCertificate(isControl: true) { try await run.issue(run.request("first")) }
    }

    /// An undisturbed order as it was seen on the wire, placed when a check needs it first.
    ///
    /// - Throws: `CheckStop`: skipped where the CA accepts no order.
    func wireOrder(_ run: CheckRun) async throws -> WireOrder {
        try await requireControlOrder(run)
        return try await shared.wireOrder { try await WireOrder.place(run) }
    }

    /// The exchanges of `enroll` besides logins. Empty without HTTP.
    func enrollExchanges(_ run: CheckRun) async throws -> [FaultInjectingHTTPClient.Exchange] {
        try await wireOrder(run).exchanges
    }
}

/// A certificate together with what was asked for.
struct IssuedOrder: Sendable {
    let request: CertificateRequest
    let issued: IssuedCertificate

    var leaf: Certificate {
        // `CheckRun.issue` gives out none without a certificate.
        issued.certificateChain[0]
    }
}

/// What is found out once. Checks run one after the other, so nobody asks twice at the same time.
private actor SharedFindings {
    private var first: Result<IssuedOrder, any Error>?
    private var isFirstTold = false
    private var wire: Result<WireOrder, any Error>?

    /// - Parameter isControl: whether the check is about something else, and a failure is another check's to tell.
    func firstCertificate(
        isControl: Bool, _ order: @Sendable () async throws -> IssuedOrder
    ) async throws -> IssuedOrder {
        let result: Result<IssuedOrder, any Error>
        if let first {
            result = first
        } else {
            do { result = .success(try await order()) } catch { result = .failure(error) }
            first = result
        }
        if isControl {
            return try result.orSkipped(
                "an ordinary order is not accepted here either, so nothing can be learnt; see orders.issued"
            ).get()
        }
        if isFirstTold { return try result.orSkipped("there is no first certificate; see orders.issued").get() }
        isFirstTold = true
        return try result.get()
    }

    func wireOrder(_ place: @Sendable () async throws -> WireOrder) async throws -> WireOrder {
        if let wire { return try wire.get() }
        let result: Result<WireOrder, any Error>
        do { result = .success(try await place()) } catch { result = .failure(error) }
        wire = result
        return try result.get()
    }
}

extension Result where Failure == any Error {
    /// The failure was told once; who comes later could not even try.
    fileprivate func orSkipped(_ reason: String) -> Self {
        mapError { error in
            if let stop = error as? CheckStop, !stop.verdict.isFailure { return stop }
            return CheckStop.skipped(reason)
        }
    }
}
