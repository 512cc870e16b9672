// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import JSONDocuments

/// Orders the CA does not decide at once.
enum WaitingChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] {
        [pending, approved, rejected, validation, resend, cancel, cancelIssued]
    }

    private static let pending = ConformanceCheck(
        "pending.issued", "An order that waits is issued later",
        proves:
            "An order that the CA does not decide at once is pending, keeps its id, and ends as the certificate asked for.",
        ability: .poll, orders: 1, needsFirstCertificate: true
    ) { run in
        _ = try run.ability((any OrderPolling).self, .poll)
        guard let sandbox = run.bench.sandbox else { return try await waited(run) }
        let request = try run.request("pending")
        let first = try await sandbox.with(["pendingPolls": 2], back: ["pendingPolls": nil]) {
            try await run.pending(request)
        }
        let order = try run.issued(try await run.decided(first, request), for: request)
        try accept(order, waited: first, run)
    }

    /// At a CA that cannot be told to let an order wait: the orders of this run that did so by themselves.
    private static func waited(_ run: CheckRun) async throws {
        try await run.workbench.requireControlOrder(run)
        let entries = await run.workbench.book.entries.values
        let issued = entries.filter { $0.certified != nil }
        let late = issued.filter { $0.waited != nil }.byReference
        guard !late.isEmpty else {
            throw CheckStop.skipped(
                "this CA decided all \(issued.count) orders of this run at once; order a product that waits, with --product"
            )
        }
        for entry in late {
            if let first = entry.waited, let order = entry.certified { try accept(order, waited: first, run) }
        }
    }

    /// An order that waited is the certificate asked for, under the id it had.
    private static func accept(_ order: IssuedOrder, waited first: PendingOrder, _ run: CheckRun) throws {
        run.note(
            "order \(first.order.caRequestID) waited for \(first.waitingFor.rawValue): \(first.detail ?? "no detail")")
        guard order.issued.order.caRequestID == first.order.caRequestID else {
            throw CheckStop.failed(
                "order \(first.order.caRequestID) is called \(order.issued.order.caRequestID) once it is issued")
        }
        try CertificateChecks.accept(order, run)
    }

    private static let approved = ConformanceCheck(
        "pending.approved", "An order that somebody approves",
        proves: "An order waits until somebody at the CA approves it, and then becomes the certificate.",
        ability: .poll,
        orders: 1
    ) { run in
        _ = try run.ability((any OrderPolling).self, .poll)
        let request = try run.request("approved")
        try await run.withHeldOrder(request, decidedBy: [.approver, .operator]) { waiting in
            run.note("waits for \(waiting.waitingFor.rawValue): \(waiting.detail ?? "no detail")")
            guard case .pending(let still) = try await run.pollOnce(waiting, request) else {
                throw CheckStop.failed("the order was decided before anybody approved it")
            }
            try await run.haveDecided(approve: true, still, request, reason: "approved by a conformance test")
            try CertificateChecks.accept(run.issued(await run.decided(still, request), for: request), run)
        }
    }

    private static let rejected = ConformanceCheck(
        "pending.rejected", "An order that somebody rejects",
        proves: "An order that is rejected at the CA ends as rejected, with a reason for the requester, and stays so.",
        ability: .poll, orders: 1
    ) { run in
        _ = try run.ability((any OrderPolling).self, .poll)
        let request = try run.request("rejected")
        try await run.withHeldOrder(request, decidedBy: [.approver, .operator]) { waiting in
            let reason = "the subscriber is not known here"
            try await run.haveDecided(approve: false, waiting, request, reason: reason)
            // What a person writes at a real CA is that person's.
            let expected = try await run.bench.sandbox?.tellsReasons == true ? reason : ""
            var wasRejected = false
            for _ in 0..<2 {
                guard case .rejected(let rejection) = try await run.decided(waiting, request) else {
                    guard run.bench.sandbox != nil || wasRejected else {
                        throw CheckStop.skipped(
                            "the order was approved at the CA; this check needs one that is rejected")
                    }
                    throw CheckStop.failed("the order was rejected at the CA and ends as issued")
                }
                wasRejected = true
                run.note("rejected: \(rejection.reason)")
                try run.requireReadable(rejection.reason, of: "the rejection")
                guard expected.isEmpty || rejection.reason.contains(expected) else {
                    throw CheckStop.failed("the CA's reason is lost: \"\(expected)\" became \"\(rejection.reason)\"")
                }
            }
        }
    }

    private static let validation = ConformanceCheck(
        "validation.state", "Which addresses wait for proof",
        proves:
            "Of an order that waits for proof, each address is listed once, and as one that nobody has proven; it stays so, and "
            + "without proof there is no certificate, neither at once nor when the order is asked about.",
        ability: .validationState, orders: 1
    ) { run in
        let reporter = try run.ability((any ValidationReporting).self, .validationState)
        try await withUnprovenOrder(run, issued: certified) { request, pending in
            try await requireUnproven(pending, request, reporter, run)
            guard run.has(.poll) else { return }
            do {
                if case .issued(let issued) = try await run.pollOnce(pending, request) { throw certified(issued, run) }
                run.note("asked about once more")
            } catch let error as ConnectorError where error.kind == .refused {
                // The question sends the mails again at some CAs, and nobody lives at the address.
                run.note("asked about once more, and refused: \(error.message)")
            }
            try await requireUnproven(pending, request, reporter, run)
        }
    }

    /// The verdict on a certificate for an address that nobody has proven.
    private static func certified(_ issued: IssuedCertificate, _ run: CheckRun) -> CheckStop {
        run.profile.certifiesAnyAddress
            ? .notApplicable("the profile says that the CA certifies any address it is asked for")
            : .failed("order \(issued.order.caRequestID) is issued, and nobody has proven its address")
    }

    private static func requireUnproven(
        _ pending: PendingOrder, _ request: CertificateRequest, _ reporter: any ValidationReporting, _ run: CheckRun
    ) async throws {
        let addresses = try await run.repeating { try await reporter.validationState(of: pending.order) }
        for address in addresses {
            run.note("\(address.address): \(address.isValidated ? "proven" : "waits for proof")")
        }
        let listed = addresses.map { $0.address.lowercased() }
        guard Set(listed).count == listed.count else { throw CheckStop.failed("an address is listed twice") }
        guard Set(listed) == Set(request.names.emails.map { $0.lowercased() }) else {
            throw CheckStop.failed("the addresses listed are not those of the order")
        }
        if let early = addresses.first(where: \.isValidated) {
            throw CheckStop.failed("\(early.address) is listed as proven, and nobody has proven it")
        }
    }

    private static let resend = ConformanceCheck(
        "validation.resend", "The CA writes again",
        proves: "The CA is told, and accepts, to send the mails that ask for proof again while the order waits.",
        ability: .resendValidation, orders: 1
    ) { run in
        _ = try run.ability((any ValidationResending).self, .resendValidation)
        try await withUnprovenOrder(run, issued: { _, _ in noneWaits }) { request, pending in
            let watched = try run.faultyConnector()
            guard let resender = watched.connector as? any ValidationResending else {
                throw CheckStop.failed("the connector made again cannot send mails again")
            }
            _ = try? await watched.connector.check()
            let speaksHTTP = !watched.client.exchanges.isEmpty
            watched.client.disarm()
            try await run.repeating { try await resender.resendValidation(of: pending.order) }
            guard speaksHTTP else {
                throw CheckStop.skipped(
                    "nothing shows here whether the CA wrote again; look at \(request.names.emails.joined(separator: ", "))"
                )
            }
            let told = watched.client.exchanges.filter {
                !$0.isSafe && !$0.isConfidential && (200..<300).contains($0.status ?? 0)
            }
            run.note("order \(pending.order.caRequestID): \(told.count) requests to send again, accepted by the CA")
            guard !told.isEmpty else {
                throw CheckStop.failed("the connector says that the mails were sent again, and the CA was not told")
            }
        }
    }

    private static let noneWaits = CheckStop.skipped(
        "no order waits for proof here; order a product that proves addresses by mail")

    /// An order for an address that nobody has proven; withdrawn afterwards.
    ///
    /// - Parameter issued: the verdict on a certificate at once.
    private static func withUnprovenOrder(
        _ run: CheckRun, issued certified: (IssuedCertificate, CheckRun) -> CheckStop,
        _ body: (CertificateRequest, PendingOrder) async throws -> Void
    ) async throws {
        guard !run.bench.isOwnCA else { throw CheckStop.notApplicable("the connector is its own CA") }
        let request = try run.request("proof") {
            $0.emails = ["someone.\(run.bench.subjects.tag)@\(run.bench.subjects.foreignDomain)"]
        }
        let outcome: EnrollmentOutcome
        do { outcome = try await run.outcome(request, waits: false) } catch let error as ConnectorError
            where error.kind == .refused
        {
            throw CheckStop.skipped("no order waits for proof here: \(error.message)")
        }
        switch outcome {
        case .issued(let issued): throw certified(issued, run)
        case .rejected: throw noneWaits
        case .pending(let pending):
            try await body(request, pending)
            try await RefusalChecks.withdraw(pending.order, request, run)
        }
    }

    private static let cancel = ConformanceCheck(
        "cancel.pending", "An order that waits is withdrawn",
        proves: "A withdrawn order never becomes a certificate, and asking for it says so.", ability: .cancel, orders: 1
    ) { run in
        let canceller = try run.ability((any OrderCancelling).self, .cancel)
        let request = try run.request("cancel")
        var held: PendingOrder?
        try await run.withHeldOrder(request, decidedBy: [.approver, .operator, .subscriber]) { held = $0 }
        guard let waiting = held else { return }
        try await run.repeating { try await canceller.cancel(waiting.order, note: "no longer wanted") }
        // What is withdrawn stays so, also when somebody approves it.
        try? await run.bench.sandbox?.decide(approve: true, waiting.order, reason: "approved by mistake")
        guard run.has(.poll) else {
            throw CheckStop.skipped("the CA cannot be asked about orders; look there whether the order is withdrawn")
        }
        do {
            guard case .rejected(let rejection) = try await run.pollOnce(waiting, request) else {
                throw CheckStop.failed("the order goes on after it was withdrawn")
            }
            run.note("now \(rejection.kind.rawValue): \(rejection.reason)")
        } catch let error as ConnectorError where error.kind == .refused {
            run.note("\(error)")
            await run.workbench.book.close(request.reference)
        }
    }

    private static let cancelIssued = ConformanceCheck(
        "cancel.issued", "An order that is issued cannot be withdrawn",
        proves: "Withdrawing an issued order is refused; it does not look as if the certificate were gone.",
        ability: .cancel, provesAbility: false, needsFirstCertificate: true
    ) { run in
        let canceller = try run.ability((any OrderCancelling).self, .cancel)
        let first = try await run.workbench.firstCertificate(run)
        let error = try await run.error(of: "withdrawing an issued order") {
            try await canceller.cancel(first.issued.order, note: "too late")
        }
        try run.require(error, .refused, .configuration, of: "withdrawing an issued order")
    }
}
