// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import HTTPTransport
internal import PKIX
internal import Synchronization

/// Whether nothing is bought twice and nothing is lost.
enum SearchChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] {
        [one, sameReference, absent, looks, anotherQuestion, lostAnswer]
    }

    private static let one = ConformanceCheck(
        "orders.exactly-one", "One order is one order", proves: "The CA holds exactly one order more after one order.",
        orders: 1
    ) { run in
        guard let before = try await run.ordersAtCA() else {
            throw CheckStop.skipped("nothing counts the orders at this CA; count them there before and after")
        }
        _ = try await run.issue(run.request("one"))
        try await run.expectOrders(1, after: before)
    }

    private static let sameReference = ConformanceCheck(
        "find.same-reference", "The same reference is the same order",
        proves:
            "Searching by our reference finds the order that exists, so that the gateway never places a second one.",
        ability: .findByReference, orders: 1
    ) { run in
        let finder = try run.ability((any OrderFinding).self, .findByReference)
        let order = try await run.issue(run.request("same"))
        let before = try await run.ordersAtCA()
        for _ in 0..<2 {
            let heard = run.workbench.observations.all.count
            let outcome: EnrollmentOutcome
            switch try await run.search(order.request, finder) {
            case .found(let found): outcome = found
            case .absent:
                let seen = run.workbench.observations.all.dropFirst(heard).last { $0.contains("the CA's list") }
                throw CheckStop.failed(
                    "the search does not find the order \(order.issued.order.caRequestID) it just placed"
                        + (seen.map { ": \($0)" } ?? ""))
            case .undecidable(let reason):
                throw CheckStop.failed("the search cannot tell whether the order it just placed is there: \(reason)")
            }
            let again = try run.issued(outcome, for: order.request)
            guard again.leaf.serialNumber == order.leaf.serialNumber else {
                throw CheckStop.failed(
                    "the search gives certificate \(again.leaf.serialNumber), ordered was \(order.leaf.serialNumber)")
            }
        }
        if let before { try await run.expectOrders(0, after: before) }
    }

    private static let absent = ConformanceCheck(
        "find.absent", "An order that was never placed is absent",
        proves:
            "The search tells an order that does not exist from one that cannot be found, so that it may be placed.",
        ability: .findByReference, provesAbility: false, needsFirstCertificate: true
    ) { run in
        let finder = try run.ability((any OrderFinding).self, .findByReference)
        // One person has an order already: a search by address alone would take that one. Of the other the CA has never
        // heard: its answer without any row looks different at some CAs.
        let first = try await run.workbench.firstCertificate(run)
        let unknown = try run.request("absent")
        var known = try run.request("absent")
        known.names = first.request.names
        for request in [known, unknown] {
            switch try await run.repeating({ try await finder.find(request) }) {
            case .absent: continue
            case .found: throw CheckStop.failed("another order is found under a reference that was never sent")
            case .undecidable(let reason): throw CheckStop.failed("the search cannot tell: \(reason)")
            }
        }
        run.note("absent; sure after \(finder.absenceIsSureAfter)")
    }

    private static let looks = ConformanceCheck(
        "find.buys-nothing", "A look buys nothing",
        proves:
            "Looking at an order that waits, that was approved and that was never placed sends no request for a certificate, and the CA "
            + "holds no order more.",
        ability: .poll, provesAbility: false, orders: 1, needsFirstCertificate: true
    ) { run in
        _ = try run.ability((any OrderPolling).self, .poll)
        let request = run.sent(try run.request("look"))
        let never = run.sent(try run.request("never"))
        try await run.withHeldOrder(request, decidedBy: [.approver, .operator]) { waiting in
            let before = try await run.ordersAtCA()
            let watched = try run.faultyConnector()
            @discardableResult func look(_ what: String) async throws -> EnrollmentOutcome {
                watched.client.disarm()
                let seen = try await lookAround(watched.connector, at: waiting.order, request, never, run)
                let asked = watched.client.exchanges.count { $0.carries(request) || $0.carries(never) }
                guard asked == 0 else {
                    throw CheckStop.failed("\(what), a look sends a request for a certificate (\(asked) times)")
                }
                guard let before else {
                    run.note("nothing counts the orders at this CA; only what was sent is looked at")
                    return seen
                }
                let more = try await (run.ordersAtCA() ?? []).subtracting(before)
                guard more.isEmpty else {
                    throw CheckStop.failed("\(what), a look leaves \(more.count) orders more at the CA")
                }
                return seen
            }
            try await look("while the order waits")
            try await run.haveDecided(approve: true, waiting, request, reason: "approved by a conformance test")
            try await lookUntilDecided(run) { try await look("once the order is approved") }
            try await CertificateChecks.accept(run.issued(run.decided(waiting, request), for: request), run)
        }
    }

    /// Our sandbox has decided when it says so; at a real CA a person is waited for, by looks alone.
    private static func lookUntilDecided(_ run: CheckRun, _ look: () async throws -> EnrollmentOutcome) async throws {
        let end = ContinuousClock.now + (run.bench.sandbox == nil ? run.bench.patience : .zero)
        while case .pending(let pending) = try await look(), !pending.awaitsStep, ContinuousClock.now < end {
            try await run.clock.sleep(for: run.bench.pollEvery)
        }
    }

    /// Looks at an order by its id, and at it and at one that was never placed by the reference.
    private static func lookAround(
        _ connector: any CertificateAuthorityConnector, at order: CAOrder, _ request: CertificateRequest,
        _ never: CertificateRequest, _ run: CheckRun
    ) async throws -> EnrollmentOutcome {
        guard let poller = connector as? any OrderPolling else { throw CheckStop.notApplicable("it cannot look") }
        let outcome = try await run.repeating { try await poller.look(at: order, request: request) }
        guard run.has(.findByReference), let finder = connector as? any OrderFinding, !finder.repeatsTheOrder else {
            run.note("looked by the id; there is no search that only reads")
            return outcome
        }
        for request in [request, never] { _ = try await run.repeating { try await finder.find(request) } }
        return outcome
    }

    private static let anotherQuestion = ConformanceCheck(
        "find.another-question", "A list of another question proves nothing",
        proves:
            "Given the answer to the search for somebody else, as it may be mixed up on the way, a search does not say that an order is absent.",
        ability: .findByReference, provesAbility: false, needsFirstCertificate: true
    ) { run in
        try await run.requireHTTP()
        _ = try run.ability((any OrderFinding).self, .findByReference)
        var known = try await run.workbench.firstCertificate(run).request
        var unknown = try run.request("another")
        // Nothing is sent where a search would place the order.
        (known.submittedAt, unknown.submittedAt) = (nil, nil)
        let faulty = try run.faultyConnector()
        guard let finder = faulty.connector as? any OrderFinding else {
            throw CheckStop.notApplicable("it cannot search")
        }
        let kept = Mutex<HTTPResponse?>(nil)
        /// What the search asks, without the numbers that differ from one second to the next.
        func question(_ request: CertificateRequest) async throws -> String? {
            _ = try? await faulty.connector.check()
            faulty.client.arm(
                .replaceAnswer { answer in
                    kept.withLock { $0 = $0 ?? answer }
                    return answer
                })
            _ = try? await finder.find(request)
            return faulty.client.exchanges.first { !$0.isConfidential }?.question.filter { !$0.isNumber }
        }
        let own = try await question(unknown)
        kept.withLock { $0 = nil }
        guard let other = try await question(known), let answer = kept.withLock(\.self) else {
            throw CheckStop.notApplicable("a search sends no HTTP requests")
        }
        guard own != other else {
            throw CheckStop.notApplicable(
                "the search asks for the orders of a time, and the answers to all are the same")
        }
        faulty.client.arm(.replaceAnswer { _ in answer })
        do {
            switch try await finder.find(unknown) {
            case .absent:
                throw CheckStop.failed("given the list of somebody else, the search says that the order does not exist")
            case .undecidable(let reason): run.note("undecidable: \(reason)")
            case .found(.issued(let issued)):
                // Nothing is delivered whose key is not that of the request.
                guard try issued.certificateChain.first?.publicKey != unknown.csr.publicKey else {
                    throw CheckStop.failed("another order is found, with the key of one that was never placed")
                }
                run.note("the other's order \(issued.order.caRequestID) is found, whose key tells it apart")
            case .found: throw CheckStop.failed("the order of somebody else is taken for one that was never placed")
            }
        } catch let error as ConnectorError { run.workbench.observations.add(error) }
    }

    private static let lostAnswer = ConformanceCheck(
        "find.lost-answer", "An order whose answer was lost is found again",
        proves:
            "Whichever answer is lost while an order is placed, the order is found by its reference, and there is exactly one.",
        ability: .findByReference, orders: 3, needsFirstCertificate: true
    ) { run in
        try await run.requireHTTP()
        _ = try run.ability((any OrderFinding).self, .findByReference)
        let exchanges = try await run.workbench.enrollExchanges(run)
        for index in FaultChecks.places(exchanges).suffix(2) {
            let before = try await run.ordersAtCA()
            let faulty = try run.faultyConnector()
            _ = try? await faulty.connector.check()
            let request = try run.request("lost")
            faulty.client.arm(.loseAnswer, at: .init(after: index))
            let order = try await run.issue(request, of: faulty.connector)
            run.note("answer \(index + 1) of \(exchanges.count) lost; certificate \(order.leaf.serialNumber) was found")
            guard faulty.client.struck > 0 else {
                throw CheckStop.failed("no answer could be lost: an order sends fewer requests")
            }
            try CertificateChecks.accept(order, run)
            if let before { try await run.expectOrders(1, after: before) }
        }
    }
}
