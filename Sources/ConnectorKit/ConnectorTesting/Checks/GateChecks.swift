// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import PKIX

/// Whether the gateway hears of an order before the CA does: what it has not put on record it would never search for.
enum GateChecks {
    static let all = [first, once, last, closed, renewal]

    private static let first = ConformanceCheck(
        "gate.opened-first", "The gate is opened before the order leaves",
        proves: "When the connector asks for leave, the CA does not hold the order yet.", orders: 1,
        needsFirstCertificate: true
    ) { run in
        let wire = try await wire(run)
        guard let early = wire.early else {
            throw CheckStop.skipped("nothing counts the orders at this CA; gate.closed shows whether one leaves")
        }
        guard early.isEmpty else {
            throw CheckStop.failed("the CA held order \(early.sorted()[0]) before the gate was opened")
        }
    }

    private static let once = ConformanceCheck(
        "gate.once", "The gate is opened once",
        proves: "One order asks for leave once; again only where the CA wants a fresh login before it looks at it.",
        orders: 1, needsFirstCertificate: true
    ) { run in
        let openings = try await wire(run).journal.openings
        guard openings == 1 else { throw CheckStop.failed("the gate was opened \(openings) times for one order") }
    }

    private static let last = ConformanceCheck(
        "gate.last", "Nothing comes between the gate and the order",
        proves:
            "Login, preparation and rate limit come before the gate, so that what waits or fails has surely not left.",
        orders: 1, needsFirstCertificate: true
    ) { run in
        try await run.requireHTTP()
        let steps = try await wire(run).journal.steps
        for (step, next) in zip(steps, steps.dropFirst() + [.begins]) where step == .opens {
            switch next {
            case .sends: continue
            case .waits: throw CheckStop.failed("with the gate open the connector waits for the rate limit")
            case .asks: throw CheckStop.failed("with the gate open the connector logs in or asks for something else")
            case .begins, .opens, .signsInAgain:
                throw CheckStop.failed("with the gate open the connector sends nothing")
            }
        }
    }

    private static let closed = ConformanceCheck(
        "gate.closed", "A closed gate keeps the order back",
        proves: "When the gate is not opened, nothing leaves for the CA, and the reason comes back as it was.",
        orders: 1,
        needsFirstCertificate: true
    ) { run in
        try await run.workbench.requireControlOrder(run)
        try await closed(run.request("closed"), "the order", run) { connector, request, gate in
            try await connector.enroll(request, gate: gate)
        }
    }

    private static let renewal = ConformanceCheck(
        "gate.renewal", "A closed gate keeps a renewal back",
        proves: "When the gate is not opened, no renewal leaves for the CA, and the reason comes back as it was.",
        ability: .renew, provesAbility: false, orders: 2
    ) { run in
        let old = try await run.issue(run.request("old"))
        var request = try run.request("new")
        request.names = old.request.names
        request.csr = try run.csr(request.names, key: PrivateKey.generate(run.bench.trial.key))
        try await closed(request, "the renewal", run) { connector, request, gate in
            guard let renewer = connector as? any CertificateRenewing else {
                throw CheckStop.failed("the connector made again cannot renew")
            }
            return try await renewer.renew(request, predecessor: old.issued.order, gate: gate)
        }
    }

    /// The order that many checks look at, and whose gate was asked.
    private static func wire(_ run: CheckRun) async throws -> WireOrder {
        let wire = try await run.workbench.wireOrder(run)
        guard wire.journal.steps.contains(.opens) else { throw CheckStop.failed("the gate was never asked") }
        return wire
    }

    /// What the host says when an order must not leave; no connector knows it.
    private struct Refusal: Error, Equatable {
        let reference: String
    }

    private static func closed(
        _ request: CertificateRequest, _ what: String, _ run: CheckRun,
        place: (any CertificateAuthorityConnector, CertificateRequest, SubmissionGate) async throws -> EnrollmentOutcome
    ) async throws {
        let journal = GateJournal()
        let connector = try run.bench.connector { $0 = journal.watching($0) }
        _ = try? await connector.check()
        let before = try await run.ordersAtCA()
        let request = run.sent(request)
        try await run.workbench.book.open(request)
        let refusal = Refusal(reference: request.reference)
        let gate = SubmissionGate {
            journal.note(.opens)
            throw refusal
        }
        journal.note(.begins)
        do {
            let outcome = try await place(connector, request, gate)
            await run.workbench.book.note(outcome, for: request.reference)
            throw CheckStop.failed(
                journal.steps.contains(.opens)
                    ? "\(what) goes on although the gate is closed" : "\(what) leaves and the gate was never asked")
        } catch let stop as CheckStop {
            throw stop
        } catch let told as Refusal where told == refusal {
            run.note("the reason came back as it was")
        } catch {
            throw CheckStop.failed("the reason of the gate is lost: \(error)")
        }
        let later = journal.steps.drop { $0 != .opens }
        guard !later.contains(.sends) else { throw CheckStop.failed("after the gate was closed a request left") }
        if let before { try await run.expectOrders(0, after: before) }
        await run.workbench.book.close(request.reference)
    }
}
