// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import HTTPTransport

extension CheckRun {
    /// A connector whose exchanges can be made to fail.
    func faultyConnector(
        change: (inout ConnectorServices) -> Void = { _ in }
    ) throws -> (
        connector: any CertificateAuthorityConnector, client: FaultInjectingHTTPClient, limiter: ObservedRateLimiter
    ) {
        let client = FaultInjectingHTTPClient(bench.services.http)
        let limiter = ObservedRateLimiter(bench.services.rateLimiter)
        let connector = try bench.connector {
            $0.http = client
            $0.rateLimiter = limiter
            change(&$0)
        }
        return (connector, client, limiter)
    }

    /// - Throws: `CheckStop` when the connector speaks no HTTP, so that nothing can be made to fail there.
    func requireHTTP() async throws {
        let faulty = try faultyConnector()
        _ = try? await faulty.connector.check()
        guard !faulty.client.exchanges.isEmpty else {
            throw CheckStop.notApplicable("the connector sends no HTTP requests")
        }
    }

    /// The error a call ends with.
    ///
    /// - Throws: `CheckStop` when it succeeds or throws anything but a `ConnectorError`.
    func error<Value>(of what: String, _ call: () async throws -> Value) async throws -> ConnectorError {
        do {
            let value = try await call()
            throw CheckStop.failed("\(what) succeeds: \(SafeText.sentence(String(describing: value)))")
        } catch let stop as CheckStop {
            throw stop
        } catch let error as ConnectorError {
            workbench.observations.add(error)
            note("\(what): \(error)")
            return error
        } catch {
            workbench.observations.add(error)
            throw CheckStop.failed("\(what) ends with an error that does not say who must act: \(error)")
        }
    }

    /// - Throws: `CheckStop` unless the error is of one of the kinds and says something.
    func require(_ error: ConnectorError, _ kinds: ConnectorError.Kind..., of what: String) throws {
        guard kinds.contains(error.kind) else {
            throw CheckStop.failed(
                "\(what) ends as \(error), expected \(kinds.map(\.rawValue).joined(separator: " or "))")
        }
        try requireReadable(error.message, of: what)
    }

    /// The same of an answer to an order, which is in doubt where nothing can be searched and only the protocol speaks.
    func requireMeaning(_ error: ConnectorError, _ kind: ConnectorError.Kind, of what: String) throws {
        var meant = error
        if error.kind == .outcomeUnknown, let ifAbsent = error.ifAbsent { meant.kind = ifAbsent }
        try require(meant, kind, of: what)
    }

    /// A reason that a person can do something with: one line, neither empty nor without end.
    func requireReadable(_ reason: String, of what: String) throws {
        let words = reason.split(separator: " ").count
        guard words >= 2, reason.count <= 500, !reason.contains("\n") else {
            throw CheckStop.failed("\(what) gives no readable reason: \"\(SafeText.sentence(reason))\"")
        }
    }

    /// Ids of the orders at the CA as an independent view tells: the sandbox, else the inventory; nil when there is none.
    func ordersAtCA() async throws -> Set<String>? {
        if let sandbox = bench.sandbox { return try await sandbox.orders() }
        guard has(.inventory), let lister = connector as? any CertificateInventory else { return nil }
        return Set(try await InventoryReading(lister, self).read().entries.map(\.order.caRequestID))
    }

    /// - Throws: `CheckStop` unless the CA holds exactly so many orders more.
    func expectOrders(_ count: Int, after before: Set<String>) async throws {
        // Lists of a CA may lag behind.
        let end = ContinuousClock.now + min(bench.patience, .seconds(10))
        var new: Set<String> = []
        repeat {
            new = (try await ordersAtCA() ?? []).subtracting(before)
            if new.count >= count { break }
            try await clock.sleep(for: .milliseconds(500))
        } while ContinuousClock.now < end
        note("new orders at the CA: \(new.sorted().joined(separator: ", "))")
        guard new.count == count else {
            throw CheckStop.failed("the CA holds \(new.count) new orders, expected \(count)")
        }
    }

    /// An order that went on in spite of a fault: it becomes the certificate asked for, and there is one.
    ///
    /// - Parameter before: the orders at the CA before it; nil where nothing counts them.
    func expectIssuedOnce(
        _ outcome: EnrollmentOutcome, _ request: CertificateRequest, after before: Set<String>?
    ) async throws {
        await workbench.book.note(outcome, for: request.reference)
        var outcome = outcome
        if case .pending(let pending) = outcome { outcome = try await decided(pending, request) }
        try CertificateChecks.accept(issued(outcome, for: request), self)
        if let before { try await expectOrders(1, after: before) }
    }
}
