// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Foundation
internal import HTTPTransport

/// Whether a CA that asks to slow down is heard, and no order is lost or doubled over it.
enum ThrottlingChecks {
    static let all = [question, order]

    private static let question = ConformanceCheck(
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

    private static let order = ConformanceCheck(
        "faults.throttled-order", "An order that comes too fast",
        proves:
            "429 to an order is reported with the time the CA gave; placed again, the order is issued, and there is one.",
        orders: 4, needsFirstCertificate: true
    ) { run in
        try await run.requireHTTP()
        let exchanges = try await run.workbench.enrollExchanges(run)
        let places = FaultChecks.places(exchanges)
        guard !places.isEmpty else { throw CheckStop.notApplicable("an order sends no HTTP requests") }
        for place in places {
            run.note("exchange \(place + 1) of \(exchanges.count) answered 429")
            try await throttle(place, exchanges, run)
        }
    }

    /// Places an order of which one exchange is throttled and does not reach the CA, and places it again.
    private static func throttle(
        _ place: Int, _ exchanges: [FaultInjectingHTTPClient.Exchange], _ run: CheckRun
    ) async throws {
        let before = try await run.ordersAtCA()
        let limiter = ObservedRateLimiter(SlidingWindowRateLimiter(limits: [], clock: run.clock))
        let faulty = try run.faultyConnector { $0.rateLimiter = limiter }
        _ = try? await faulty.connector.check()
        let request = run.sent(try run.request("slow"))
        try await run.workbench.book.open(request)
        let wait = Duration.seconds(2)
        faulty.client.arm(
            .answer(HTTPResponse(status: 429, headers: HTTPHeaders([("Retry-After", "2")]))), at: .init(after: place))
        let outcome: EnrollmentOutcome
        do {
            outcome = try await faulty.connector.enroll(request)
            run.note("the connector got over it")
        } catch let error as ConnectorError {
            run.workbench.observations.add(error)
            run.note("\(error)")
            try FaultChecks.requireStruck(faulty.client, exchanges, run)
            try run.requireMeaning(error, .throttled, of: "an order answered 429")
            guard error.retryAfter == wait else {
                throw CheckStop.failed(
                    "the CA asked to wait \(wait); the error says \(error.retryAfter.map { "\($0)" } ?? "nothing")")
            }
            outcome = try await run.patiently(request) { try await faulty.connector.enroll(request) }
        }
        try FaultChecks.requireStruck(faulty.client, exchanges, run)
        guard limiter.pauses.contains(wait) else { throw CheckStop.failed("other work on the CA is not held back") }
        try await run.expectIssuedOnce(outcome, request, after: before)
    }
}
