// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import HTTPTransport

/// Answers that are not what the interface promises: a proxy's page, half an answer, too much of it.
enum OddAnswerChecks {
    static let all = [questions, order, lists]

    private struct Oddity: Sendable {
        let name: String
        let change: @Sendable (HTTPResponse) -> HTTPResponse

        init(_ name: String, _ change: @escaping @Sendable (HTTPResponse) -> HTTPResponse) {
            self.name = name
            self.change = change
        }

        /// The same status and headers with another body.
        init(_ name: String, body: @escaping @Sendable ([UInt8]) -> [UInt8]) {
            self.name = name
            change = { HTTPResponse(status: $0.status, headers: $0.headers, body: body($0.body)) }
        }
    }

    private static let page = Array("<html><body><h1>Please log in</h1></body></html>".utf8)

    private static let tooMuch = [UInt8](repeating: 0x20, count: (64 << 20) + 1)

    private static let oddities: [Oddity] = [
        Oddity("an empty answer") { _ in [] },
        Oddity("half an answer") { Array($0.prefix($0.count / 2)) },
        Oddity("a page of a proxy") { _ in
            HTTPResponse(status: 200, headers: HTTPHeaders([("Content-Type", "text/html")]), body: page)
        },
        Oddity("random bytes") { body in
            body.indices.map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) } + [0, 255, 254]
        },
        Oddity("very deep nesting") { _ in Array(String(repeating: "[", count: 200_000).utf8) },
        Oddity("a redirect") { _ in
            HTTPResponse(status: 302, headers: HTTPHeaders([("Location", "https://elsewhere.example/login")]))
        },
        Oddity("a status nobody knows") { HTTPResponse(status: 299, headers: $0.headers, body: page) },
        Oddity("more than is allowed") { _ in tooMuch },
    ]

    private static let questions = ConformanceCheck(
        "odd.check", "Odd answers to a question",
        proves: "check succeeds only with an answer of the CA, not with whatever says 200."
    ) { run in
        try await run.requireHTTP()
        try await each(oddities, of: "check", run) { connector, oddity, client in
            client.arm(.replaceAnswer(oddity.change), at: .init(count: .max))
            let error = try await run.error(of: "check with \(oddity.name)") { try await connector.check() }
            if error.kind == .outcomeUnknown { throw CheckStop.failed("check with \(oddity.name) ends as \(error)") }
            return true
        }
    }

    private static let lists = ConformanceCheck(
        "odd.lists", "Odd answers to lists and searches",
        proves: "A list that cannot be read is an error, never an empty list, and a search never takes it for absence.",
        needsFirstCertificate: true
    ) { run in
        try await run.requireHTTP()
        let first = try await run.workbench.firstCertificate(run)
        try await each(oddities, of: "lists", run) { connector, oddity, client in
            func arm() { client.arm(.replaceAnswer(oddity.change), at: .init(count: .max)) }
            if run.has(.findByReference), let finder = connector as? any OrderFinding {
                arm()
                do {
                    switch try await finder.find(first.request) {
                    case .absent:
                        throw CheckStop.failed("a search with \(oddity.name) says that the order does not exist")
                    case .found: throw CheckStop.failed("a search with \(oddity.name) says that it has found the order")
                    case .undecidable(let reason): run.note("search with \(oddity.name): undecidable, \(reason)")
                    }
                } catch let error as ConnectorError { run.workbench.observations.add(error) }
            }
            if run.has(.inventory), let lister = connector as? any CertificateInventory {
                arm()
                _ = try await run.error(of: "inventory with \(oddity.name)") {
                    try await lister.inventory(from: nil).entries.count
                }
            }
            if run.has(.poll), let poller = connector as? any OrderPolling {
                arm()
                do {
                    let outcome = try await poller.poll(first.issued.order, request: first.request)
                    if case .pending = outcome {
                    } else {
                        throw CheckStop.failed("asking with \(oddity.name) decides the order")
                    }
                } catch let error as ConnectorError { run.workbench.observations.add(error) }
            }
            return true
        }
    }

    private static let order = ConformanceCheck(
        "odd.order", "Odd answers to an order",
        proves: "When the answer to an order cannot be read, the outcome is unknown: the CA may have taken it.",
        orders: 4, needsFirstCertificate: true
    ) { run in
        try await run.requireHTTP()
        let exchanges = try await run.workbench.enrollExchanges(run)
        guard let last = FaultChecks.places(exchanges).last else {
            throw CheckStop.notApplicable("an order sends no HTTP requests")
        }
        // Each places an order, so only those that differ most.
        try await each([oddities[0], oddities[2], oddities[7]], of: "an order", run) { connector, oddity, client in
            _ = try? await connector.check()
            let before = try await run.ordersAtCA()
            let request = run.sent(try run.request("odd"))
            try await run.workbench.book.open(request)
            client.arm(.replaceAnswer(oddity.change), at: .init(after: last))
            do {
                // It may know the order from an earlier answer and ask for the rest later.
                let outcome = try await connector.enroll(request)
                try FaultChecks.requireStruck(client, exchanges, run)
                guard case .pending(let pending) = outcome else {
                    throw CheckStop.failed("an order with \(oddity.name) is decided")
                }
                run.note("an order with \(oddity.name): goes on as order \(pending.order.caRequestID)")
                client.disarm()
                try await run.expectIssuedOnce(outcome, request, after: before)
                return true
            } catch let error as ConnectorError {
                run.workbench.observations.add(error)
                run.note("an order with \(oddity.name): \(error)")
                try run.require(error, .outcomeUnknown, of: "an order with \(oddity.name)")
                try FaultChecks.requireStruck(client, exchanges, run)
            }
            if run.has(.findByReference), let finder = run.connector as? any OrderFinding,
                case .found(let outcome)? = try? await run.search(request, finder)
            {
                await run.workbench.book.note(outcome, for: request.reference)
            }
            if let before { try await run.expectOrders(1, after: before) }
            return true
        }
    }

    /// Tries every oddity and tells all that went wrong at once.
    private static func each(
        _ oddities: [Oddity], of what: String, _ run: CheckRun,
        _ body: (any CertificateAuthorityConnector, Oddity, FaultInjectingHTTPClient) async throws -> Bool
    ) async throws {
        var failures: [String] = []
        for oddity in oddities {
            let faulty = try run.faultyConnector()
            _ = try? await faulty.connector.check()
            do {
                _ = try await body(faulty.connector, oddity, faulty.client)
            } catch let stop as CheckStop {
                guard case .failed(let reason) = stop.verdict else { throw stop }
                failures.append(reason)
            }
        }
        guard failures.isEmpty else { throw CheckStop.failed(failures.joined(separator: "; ")) }
    }
}
