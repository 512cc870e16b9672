// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
internal import HTTPTransport

/// Whether every failure on the way says what may have happened.
enum FaultChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] {
        [lost, timeoutBefore, timeoutAfter, refusedConnection, unavailable, throttled, cancelled, bounds]
            + OddAnswerChecks.all + [clock("behind", -600), clock("ahead", 600)]
    }

    /// The exchanges of an order that may have an effect: those that are not only reading.
    static func places(_ exchanges: [FaultInjectingHTTPClient.Exchange]) -> [Int] {
        let unsafe = exchanges.indices.filter { !exchanges[$0].isSafe }
        return unsafe.isEmpty ? Array(exchanges.indices) : unsafe
    }

    /// Places an order while one exchange fails, and gives the error, or nil when the connector got over it.
    private static func failing(
        _ fault: HTTPFault, _ word: String, at index: Int, _ run: CheckRun
    ) async throws -> (error: ConnectorError?, request: CertificateRequest) {
        let faulty = try run.faultyConnector()
        _ = try? await faulty.connector.check()
        let request = try run.request(word)
        try await run.workbench.book.open(request)
        faulty.client.arm(fault, at: .init(after: index))
        do {
            let outcome = try await faulty.connector.enroll(request)
            await run.workbench.book.note(outcome, for: request.reference)
            return (nil, request)
        } catch let error as ConnectorError {
            run.workbench.observations.add(error)
            run.note("exchange \(index + 1): \(error)")
            return (error, request)
        } catch {
            throw CheckStop.failed("the order ends with an error that does not say who must act: \(error)")
        }
    }

    /// The exchange that takes the order, and the error when it fails in a certain way.
    private static func failing(_ fault: HTTPFault, _ word: String, _ run: CheckRun) async throws -> (
        ConnectorError?, CertificateRequest
    ) {
        try await run.requireHTTP()
        guard let last = places(try await run.workbench.enrollExchanges(run)).last else {
            throw CheckStop.notApplicable("an order sends no HTTP requests")
        }
        return try await failing(fault, word, at: last, run)
    }

    private static func afterSending(_ fault: HTTPFault, _ word: String, _ run: CheckRun) async throws {
        let (error, request) = try await failing(fault, word, run)
        guard let error else { return run.note("the connector got over it") }
        try run.require(error, .outcomeUnknown, of: "an order whose answer does not arrive")
        try await adopt(request, run)
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
        orders: 2
    ) { try await afterSending(.loseAnswer, "lost", $0) }

    private static let timeoutAfter = ConformanceCheck(
        "faults.time-out-after", "A time-out after sending is an unknown outcome",
        proves: "When the CA does not answer in time, the outcome is unknown.", orders: 2
    ) { try await afterSending(.timeOutAfterSending, "late", $0) }

    private static let timeoutBefore = ConformanceCheck(
        "faults.time-out-before", "A time-out before sending is harmless",
        proves: "When nothing was sent, the connector says so, and the order may simply be repeated.", orders: 2
    ) { run in
        let before = try await run.ordersAtCA()
        let (error, request) = try await failing(.timeOutBeforeSending, "early", run)
        guard let error else { return run.note("the connector got over it") }
        await run.workbench.book.close(request.reference)
        try run.require(error, .transient, of: "an order that was not sent")
        if let before, let after = try await run.ordersAtCA(), after != before,
            places(try await run.workbench.enrollExchanges(run)).count == 1
        {
            throw CheckStop.failed("the CA has an order although the connector says nothing was sent")
        }
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
        orders: 2
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
        let (failure, request) = try await failing(.replaceAnswer { _ in answer }, "down", run)
        guard let failure else { return run.note("the connector got over it") }
        try run.require(failure, .outcomeUnknown, of: "an order answered 503 after the CA took it")
        try await adopt(request, run)
    }

    private static let throttled = ConformanceCheck(
        "faults.throttled", "A CA that asks to slow down",
        proves:
            "429 is reported with the time the CA gave, as seconds or date, and all work on the CA is held back for it."
    ) { run in
        try await run.requireHTTP()
        let date = DateFormatter()
        date.locale = Locale(identifier: "en_US_POSIX")
        date.timeZone = TimeZone(secondsFromGMT: 0)
        date.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let later = date.string(from: run.clock.now() + 30)
        for (value, expected) in [("2", 2.0...2.0), (later, 10.0...31.0), (nil, 0.001...3600.0)] {
            // Its own limiter, so that a long pause does not hold back the checks that follow.
            let limiter = ObservedRateLimiter(SlidingWindowRateLimiter(limits: [], clock: run.clock))
            let faulty = try run.faultyConnector { $0.rateLimiter = limiter }
            let headers = HTTPHeaders(value.map { [("Retry-After", $0)] } ?? [])
            faulty.client.arm(.answer(HTTPResponse(status: 429, headers: headers)), at: .all)
            let error = try await run.error(of: "check answered 429") { try await faulty.connector.check() }
            try run.require(error, .throttled, of: "check answered 429")
            let told = value.map { "Retry-After: \($0)" } ?? "no Retry-After"
            guard let wait = error.retryAfter, expected.contains(wait / .seconds(1)) else {
                throw CheckStop.failed(
                    "\(told): the error says to wait \(error.retryAfter.map { "\($0)" } ?? "nothing")")
            }
            guard let pause = limiter.pauses.first, expected.contains(pause / .seconds(1)) else {
                throw CheckStop.failed("\(told): other work on the CA is not held back")
            }
            run.note("\(told): held back for \(pause)")
        }
    }

    private static let cancelled = ConformanceCheck(
        "faults.cancelled", "A call can be cancelled", proves: "A call that waits for the CA ends when it is cancelled."
    ) { run in
        try await run.requireHTTP()
        let faulty = try run.faultyConnector()
        // A login may be shared by several callers; what is cancelled is the call that follows it.
        _ = try? await faulty.connector.check()
        faulty.client.arm(.hang, at: .init(count: .max))
        let call = Task { try await faulty.connector.check() }
        while faulty.client.struck == 0 { try await Task.sleep(for: .milliseconds(10)) }
        let start = ContinuousClock.now
        call.cancel()
        _ = await call.result
        let duration = start.duration(to: .now)
        run.note("ended after \(duration)")
        guard duration < .seconds(10) else { throw CheckStop.failed("it ended only after \(duration)") }
    }

    private static let bounds = ConformanceCheck(
        "faults.bounded", "Every exchange is bounded",
        proves: "No exchange waits longer than 10 minutes or takes more than 64 MB.",
        orders: 1
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
            proves: "A wrong clock on the gateway harms no order: it works, or the error says what is wrong.", orders: 1
        ) { run in
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
