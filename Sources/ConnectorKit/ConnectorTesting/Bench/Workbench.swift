// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
internal import PKIX

/// What all checks of one run share.
final class Workbench: Sendable {
    let bench: ConformanceBench
    let book: OrderBook
    let observations: ConformanceObservations
    /// The connector as the gateway would have it.
    let connector: any CertificateAuthorityConnector
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

    /// What one order looks like on the wire: the exchanges of `enroll` besides logins. Empty without HTTP.
    ///
    /// - Throws: `CheckStop`: skipped where the CA accepts no order.
    func enrollExchanges(_ run: CheckRun) async throws -> [FaultInjectingHTTPClient.Exchange] {
        try await requireControlOrder(run)
        return try await shared.enrollExchanges {
            let faulty = try run.faultyConnector()
            _ = try? await faulty.connector.check()
            let request = try run.request("wire")
            try await run.workbench.book.open(request)
            faulty.client.disarm()
            let outcome = try await run.patiently(request) { try await faulty.connector.enroll(request) }
            await run.workbench.book.note(outcome, for: request.reference)
            let all = faulty.client.exchanges.filter { !$0.isConfidential && $0.status != 401 }
            return all
        }
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
    private var exchanges: Result<[FaultInjectingHTTPClient.Exchange], any Error>?

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

    func enrollExchanges(
        _ record: @Sendable () async throws -> [FaultInjectingHTTPClient.Exchange]
    ) async throws -> [FaultInjectingHTTPClient.Exchange] {
        if let exchanges { return try exchanges.get() }
        let result: Result<[FaultInjectingHTTPClient.Exchange], any Error>
        do { result = .success(try await record()) } catch { result = .failure(error) }
        exchanges = result
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
