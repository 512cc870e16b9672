// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
internal import HTTPTransport

/// Whether every failure on the way says what may have happened.
enum FaultChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] {
        [lost, timeoutBefore, timeoutAfter, refusedConnection, unavailable] + ThrottlingChecks.all
            + [cancelled, bounds] + OddAnswerChecks.all + [clock("behind", -600), clock("ahead", 600)]
    }

    /// The exchanges of an order that may have an effect: those that are not only reading.
    static func places(_ exchanges: [FaultInjectingHTTPClient.Exchange]) -> [Int] {
        let unsafe = exchanges.indices.filter { !exchanges[$0].isSafe }
        return unsafe.isEmpty ? Array(exchanges.indices) : unsafe
    }

    /// An order during which one exchange went wrong.
    private struct Trouble {
        /// nil when the connector got over it.
        let error: ConnectorError?
        let outcome: EnrollmentOutcome?
        let request: CertificateRequest
        /// The orders at the CA before it; nil where nothing counts them.
        let before: Set<String>?
        /// How many exchanges that change something were sent, and how many an order needs.
        let sent: Int
        let usual: Int
    }

    /// Places an order while the last exchange that changes something fails.
    private static func trouble(_ fault: HTTPFault, _ word: String, _ run: CheckRun) async throws -> Trouble {
        try await run.requireHTTP()
        let exchanges = try await run.workbench.enrollExchanges(run)
        guard let last = places(exchanges).last else {
            throw CheckStop.notApplicable("an order sends no HTTP requests")
        }
        let before = try await run.ordersAtCA()
        let faulty = try run.faultyConnector()
        _ = try? await faulty.connector.check()
        let request = run.sent(try run.request(word))
        try await run.workbench.book.open(request)
        faulty.client.arm(fault, at: .init(after: last))
        var (outcome, failure): (EnrollmentOutcome?, ConnectorError?)
        do {
            outcome = try await faulty.connector.enroll(request)
        } catch let error as ConnectorError {
            run.workbench.observations.add(error)
            run.note("exchange \(last + 1): \(error)")
            failure = error
        } catch {
            throw CheckStop.failed("the order ends with an error that does not say who must act: \(error)")
        }
        try requireStruck(faulty.client, exchanges, run)
        let sent = faulty.client.exchanges.filter { !$0.isConfidential && $0.status != 401 }
        return Trouble(
            error: failure, outcome: outcome, request: request, before: before, sent: places(sent).count,
            usual: places(exchanges).count)
    }

    /// A fault that met nothing proves nothing.
    static func requireStruck(
        _ client: FaultInjectingHTTPClient, _ exchanges: [FaultInjectingHTTPClient.Exchange], _ run: CheckRun
    ) throws {
        guard client.struck > 0 else {
            throw CheckStop.failed(
                "nothing could go wrong: the order sent \(client.exchanges.count) requests, an earlier one \(exchanges.count)"
            )
        }
    }

    /// The CA has taken the order, and the connector cannot know: it says so, or goes on without a second order.
    private static func afterTaking(_ trouble: Trouble, what: String, _ run: CheckRun) async throws {
        if let error = trouble.error {
            try run.require(error, .outcomeUnknown, of: what)
            try await adopt(trouble.request, run)
            if let before = trouble.before { return try await run.expectOrders(1, after: before) }
        } else if let outcome = trouble.outcome {
            run.note("the connector got over it")
            try await run.expectIssuedOnce(outcome, trouble.request, after: trouble.before)
        }
        try requireNoMoreThanUsual(trouble)
    }

    /// Where nothing counts the orders, requests beyond the usual ones may have made another.
    private static func requireNoMoreThanUsual(_ trouble: Trouble) throws {
        guard trouble.before != nil || trouble.sent <= trouble.usual else {
            throw CheckStop.skipped(
                "the connector sent \(trouble.sent) requests that change something, and needs \(trouble.usual); "
                    + "look at the CA whether \(trouble.request.reference) is there twice")
        }
    }

    private static func afterSending(_ fault: HTTPFault, _ word: String, _ run: CheckRun) async throws {
        try await afterTaking(
            trouble(fault, word, run), what: "an order whose answer does not arrive", run)
    }

    /// The order exists: take it into the book, so that it is revoked at the end.
    private static func adopt(_ request: CertificateRequest, _ run: CheckRun) async throws {
        guard run.has(.findByReference), let finder = run.connector as? any OrderFinding else { return }
        if case .found(let outcome)? = try? await run.search(request, finder) {
            await run.workbench.book.note(outcome, for: request.reference)
        }
    }

    private static let lost = ConformanceCheck(
        "faults.lost-answer", "A lost answer is an unknown outcome",
        proves:
            "When the answer to an order is lost, the connector says that the outcome is unknown: nobody orders again blindly.",
        orders: 2, needsFirstCertificate: true
    ) { try await afterSending(.loseAnswer, "lost", $0) }

    private static let timeoutAfter = ConformanceCheck(
        "faults.time-out-after", "A time-out after sending is an unknown outcome",
        proves: "When the CA does not answer in time, the outcome is unknown.", orders: 2, needsFirstCertificate: true
    ) { try await afterSending(.timeOutAfterSending, "late", $0) }

    private static let timeoutBefore = ConformanceCheck(
        "faults.time-out-before", "A time-out before sending is harmless",
        proves: "When nothing was sent, the connector says so, and the order may simply be repeated.", orders: 2,
        needsFirstCertificate: true
    ) { run in
        let trouble = try await trouble(.timeOutBeforeSending, "early", run)
        guard let error = trouble.error else {
            return try await afterTaking(trouble, what: "an order that was not sent", run)
        }
        try run.require(error, .transient, of: "an order that was not sent")
        guard error.hasSurelyNotLeft || trouble.usual != 1 else {
            throw CheckStop.failed(
                "the error does not say that the order has surely not left (hasSurelyNotLeft): it would be searched for"
            )
        }
        await run.workbench.book.close(trouble.request.reference)
        // Where an order takes several steps, an earlier one may have made it.
        guard let before = trouble.before, trouble.usual == 1 else { return try requireNoMoreThanUsual(trouble) }
        try await run.expectOrders(0, after: before)
    }

    private static let refusedConnection = ConformanceCheck(
        "faults.unreachable", "A CA that cannot be reached",
        proves:
            "No connection is nobody's fault and is tried again; a server that is not trusted is the operator's matter."
    ) { run in
        try await run.requireHTTP()
        let faulty = try run.faultyConnector()
        faulty.client.arm(.refuseConnection, at: .all)
        let refused = try await run.error(of: "check without connection") { try await faulty.connector.check() }
        try run.require(refused, .transient, of: "check without connection")
        faulty.client.arm(.distrustServer, at: .all)
        let distrusted = try await run.error(of: "check of an untrusted server") { try await faulty.connector.check() }
        try run.require(distrusted, .configuration, of: "check of an untrusted server")
    }

    private static let unavailable = ConformanceCheck(
        "faults.unavailable", "A CA that is out of order",
        proves:
            "503 to a question is tried again when the CA says; 503 to an order leaves the outcome unknown or open to be repeated.",
        orders: 2, needsFirstCertificate: true
    ) { run in
        try await run.requireHTTP()
        let faulty = try run.faultyConnector()
        let answer = HTTPResponse(status: 503, headers: HTTPHeaders([("Retry-After", "7")]), body: Array("down".utf8))
        faulty.client.arm(.answer(answer), at: .all)
        let error = try await run.error(of: "check answered 503") { try await faulty.connector.check() }
        try run.require(error, .transient, of: "check answered 503")
        guard error.retryAfter == .seconds(7) else {
            throw CheckStop.failed(
                "the CA asked to wait 7 s; the error says \(error.retryAfter.map { "\($0)" } ?? "nothing")")
        }
        try await afterTaking(
            trouble(.replaceAnswer { _ in answer }, "down", run), what: "an order answered 503 after the CA took it",
            run)
    }

    private static let cancelled = ConformanceCheck(
        "faults.cancelled", "A call can be cancelled", proves: "A call that waits for the CA ends when it is cancelled."
    ) { run in
        try await run.requireHTTP()
        let faulty = try run.faultyConnector()
        // A login may be shared by several callers; what is cancelled is the call that follows it.
        _ = try? await faulty.connector.check()
        faulty.client.arm(.hang(min(run.bench.patience, .seconds(10))), at: .init(count: .max))
        let call = Task { try await faulty.connector.check() }
        while faulty.client.struck == 0 { try await Task.sleep(for: .milliseconds(10)) }
        call.cancel()
        let result = await call.result
        guard faulty.client.cancelled == faulty.client.struck else {
            throw CheckStop.failed("the call waits on for the CA after it was cancelled")
        }
        guard case .failure = result else { throw CheckStop.failed("the call succeeds after it was cancelled") }
    }

    private static let bounds = ConformanceCheck(
        "faults.bounded", "Every exchange is bounded",
        proves: "No exchange waits longer than 10 minutes or takes more than 64 MB.",
        orders: 1, needsFirstCertificate: true
    ) { run in
        try await run.requireHTTP()
        let exchanges = try await run.workbench.enrollExchanges(run)
        run.note("an order takes \(exchanges.count) exchanges: \(exchanges.map(\.method).joined(separator: ", "))")
        let timeout = exchanges.map(\.timeout).max() ?? .zero
        let size = exchanges.map(\.maximumResponseSize).max() ?? 0
        run.note("at most \(timeout) and \(size) bytes")
        guard timeout <= .seconds(600), size <= 64 << 20 else {
            throw CheckStop.failed("at most \(timeout) and \(size) bytes")
        }
    }

    private static func clock(_ word: String, _ offset: TimeInterval) -> ConformanceCheck {
        ConformanceCheck(
            "clock.\(word)", "A clock that is ten minutes \(word)",
            proves: "A wrong clock on the gateway harms no order: it works, or the error says what is wrong.",
            orders: 1, needsFirstCertificate: true
        ) { run in
            try await run.workbench.requireControlOrder(run)
            let skewed = SkewedClock(run.bench.services.clock, offset: offset)
            let connector = try run.bench.connector { $0.clock = skewed }
            do {
                _ = try await run.repeating { try await connector.check() }
                let request = try run.request("clock")
                let outcome = try await run.outcome(request, of: connector)
                if case .rejected(let rejection) = outcome {
                    run.note("rejected: \(rejection.reason)")
                    return try run.requireReadable(rejection.reason, of: "a clock that is ten minutes \(word)")
                }
                // The certificate may begin when the wrong clock says.
                try CertificateChecks.accept(
                    run.issued(outcome, for: request), run, at: max(skewed.now(), run.clock.now()))
            } catch let error as ConnectorError {
                run.note("\(error)")
                try run.require(
                    error, .authentication, .configuration, .refused, of: "a clock that is ten minutes \(word)")
            }
        }
    }
}
