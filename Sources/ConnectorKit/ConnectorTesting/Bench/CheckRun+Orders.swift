// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit

extension CheckRun {
    /// Places one order as the gateway does and waits until it is decided.
    ///
    /// - Returns: issued or rejected; pending only when `waits` is false.
    func outcome(
        _ request: CertificateRequest, of connector: (any CertificateAuthorityConnector)? = nil, waits: Bool = true
    ) async throws -> EnrollmentOutcome {
        let chosen = connector ?? self.connector
        let request = sent(request)
        try await workbench.book.open(request)
        var outcome: EnrollmentOutcome
        do {
            outcome = try await patiently(request) { [isDisturbed = connector != nil] in
                do { return try await chosen.enroll(request) } catch let error as ConnectorError
                    where error.kind == .outcomeUnknown && !isDisturbed
                {
                    await self.workbench.book.note(doubt: error, about: request.reference)
                    throw error
                }
            }
        } catch let error as ConnectorError where [.refused, .authentication, .configuration].contains(error.kind) {
            // The connector says that no order was made.
            await workbench.book.close(request.reference)
            throw error
        }
        await workbench.book.note(outcome, for: request.reference)
        if waits, case .pending(let pending) = outcome { outcome = try await decided(pending, request) }
        return outcome
    }

    /// Places one order and gives its certificate.
    ///
    /// - Throws: `CheckStop` when the CA refuses, or lets us wait too long.
    func issue(
        _ request: CertificateRequest, of connector: (any CertificateAuthorityConnector)? = nil
    ) async throws -> IssuedOrder {
        let request = sent(request)
        return try issued(await outcome(request, of: connector), for: request)
    }

    /// The request as the gateway searches for it: it knows when it sent it.
    func sent(_ request: CertificateRequest) -> CertificateRequest {
        var request = request
        request.submittedAt = request.submittedAt ?? clock.now()
        return request
    }

    func issued(_ outcome: EnrollmentOutcome, for request: CertificateRequest) throws -> IssuedOrder {
        switch outcome {
        case .issued(let issued):
            guard let leaf = issued.certificateChain.first else {
                throw CheckStop.failed("the outcome is issued and holds no certificate")
            }
            note("order \(issued.order.caRequestID): certificate \(leaf.serialNumber)")
            return IssuedOrder(request: request, issued: issued)
        case .pending(let pending):
            throw CheckStop.failed("order \(pending.order.caRequestID) still waits for \(pending.waitingFor.rawValue)")
        case .rejected(let rejection): throw CheckStop.failed("the CA rejects the order: \(rejection.reason)")
        }
    }

    /// Polls an order until it is decided.
    ///
    /// - Throws: `CheckStop`: failed at our sandbox, which does what it is told; skipped where a person has to act.
    func decided(_ pending: PendingOrder, _ request: CertificateRequest) async throws -> EnrollmentOutcome {
        let poller = try pollerOfPending(pending)
        let end = ContinuousClock.now + bench.patience
        var last = pending
        waits(
            "order \(pending.order.caRequestID) (reference \(request.reference)) waits for \(pending.waitingFor.rawValue), it is asked about",
            bench.patience, about: "decision")
        while ContinuousClock.now < end {
            try await clock.sleep(for: min(last.retryAfter ?? bench.pollEvery, bench.pollEvery))
            let outcome = try await patiently(nil) { try await poller.poll(last.order, request: request) }
            await workbench.book.note(outcome, for: request.reference)
            guard case .pending(let still) = outcome else { return outcome }
            last = still
        }
        let text = "order \(last.order.caRequestID) waits for \(last.waitingFor.rawValue) after \(bench.patience)"
        throw bench.sandbox != nil
            ? CheckStop.failed(text)
            : CheckStop.skipped(
                "\(text)\(last.detail.map { " (\($0))" } ?? ""); decide it at the CA and run again with a longer --patience"
            )
    }

    /// Only a connector that can poll may let us wait.
    private func pollerOfPending(_ pending: PendingOrder) throws -> any OrderPolling {
        guard has(.poll), let poller = connector as? any OrderPolling else {
            throw CheckStop.failed(
                "order \(pending.order.caRequestID) is pending, and the backend CA does not claim poll: it would wait for ever"
            )
        }
        guard !pending.order.caRequestID.isEmpty else { throw CheckStop.failed("a pending order has no id to ask for") }
        return poller
    }

    /// Calls again what failed in passing, as the gateway does; an order in doubt is searched for, never repeated blindly.
    ///
    /// - Parameter request: the order that is placed; nil for calls that only read.
    func patiently(
        _ request: CertificateRequest?, _ call: () async throws -> EnrollmentOutcome
    ) async throws -> EnrollmentOutcome {
        try await repeating {
            do { return try await call() } catch let error as ConnectorError where error.kind == .outcomeUnknown {
                self.workbench.observations.add(error)
                guard let request else { throw error }
                self.note("\(Self.doubt(error)): \(error.message)")
                return try await self.found(request, after: error)
            }
        }
    }

    /// Repeats what fails in passing.
    func repeating<Value>(_ call: () async throws -> Value) async throws -> Value {
        for attempt in 1... {
            do { return try await call() } catch let error as ConnectorError
                where attempt < 6 && (error.kind == .transient || error.kind == .throttled)
            {
                workbench.observations.add(error)
                let wait = error.retryAfter ?? .milliseconds(200 * attempt)
                guard wait <= bench.patience else { throw error }
                try await clock.sleep(for: wait)
            } catch {
                workbench.observations.add(error)
                throw error
            }
        }
        fatalError("unreachable: the loop has no end of its own")
    }

    /// What happened to an order that is in doubt: only where no answer came, or none with a meaning, is one lost.
    private static func doubt(_ error: ConnectorError) -> String {
        error.ifAbsent == nil
            ? "an answer was lost or not understood" : "the CA's answer is no proof that it did not take the order"
    }

    /// What a search says about an order in doubt. One that is surely absent means what its answer looked like.
    private func found(_ request: CertificateRequest, after error: ConnectorError) async throws -> EnrollmentOutcome {
        guard has(.findByReference), let finder = connector as? any OrderFinding else {
            throw CheckStop.skipped(
                "\(Self.doubt(error)) (\(error.message)), and the CA cannot be searched; look there whether it took it")
        }
        let result: OrderSearchResult
        do { result = try await search(request, finder, because: error) } catch let failure as ConnectorError {
            // While nothing is known of an order, nobody places it again.
            throw CheckStop.failed(
                "\(Self.doubt(error)) (\(error.message)), and the search for it fails: \(failure.message)")
        }
        switch result {
        case .found(let outcome): return outcome
        case .absent:
            guard let meaning = error.ifAbsent else {
                throw ConnectorError(.transient, "\(error.message); the order is surely absent, it may be placed again")
            }
            throw ConnectorError(meaning, error.message, detail: error.detail, retryAfter: error.retryAfter)
        case .undecidable(let reason):
            throw CheckStop.failed("\(Self.doubt(error)) (\(error.message)), and the search decides nothing: \(reason)")
        }
    }

    /// Searches as the gateway does: absence counts only after the time in which an order may still turn up.
    ///
    /// - Parameter doubt: why it is searched for.
    func search(
        _ request: CertificateRequest, _ finder: any OrderFinding, because doubt: ConnectorError? = nil
    ) async throws -> OrderSearchResult {
        let patience = min(finder.absenceIsSureAfter, bench.patience)
        let end = ContinuousClock.now + patience
        while true {
            let result = try await repeating { try await finder.find(request) }
            guard case .absent = result, ContinuousClock.now < end else { return result }
            waits(
                "searches the order with reference \(request.reference), which the CA's answer did not say to be there or not"
                    + (doubt.map { " (\($0.message))" } ?? ""),
                patience, about: "search")
            try await clock.sleep(for: min(bench.pollEvery, .milliseconds(500)))
        }
    }
}

extension CheckRun {
    /// Asks once how a pending order is.
    func pollOnce(_ pending: PendingOrder, _ request: CertificateRequest) async throws -> EnrollmentOutcome {
        let poller = try ability((any OrderPolling).self, .poll)
        let outcome = try await patiently(nil) { try await poller.poll(pending.order, request: request) }
        await workbench.book.note(outcome, for: request.reference)
        return outcome
    }

    /// Places an order that the sandbox lets wait.
    func pending(_ request: CertificateRequest) async throws -> PendingOrder {
        switch try await outcome(request, waits: false) {
        case .pending(let pending): return pending
        case .issued(let issued):
            throw CheckStop.failed("order \(issued.order.caRequestID) was to wait and is issued at once")
        case .rejected(let rejection):
            throw CheckStop.failed("the order was to wait and is rejected: \(rejection.reason)")
        }
    }
}
