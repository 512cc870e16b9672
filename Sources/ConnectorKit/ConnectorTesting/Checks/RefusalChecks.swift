// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import JSONDocuments
internal import PKIX

/// Whether a no is said clearly.
enum RefusalChecks {
    static func checks(_ bench: ConformanceBench) -> [ConformanceCheck] { [product, domain, unknownOrder] }

    private static let product = ConformanceCheck(
        "refusal.unknown-product", "A product that does not exist",
        proves: "An order for a product the CA does not have is refused with a reason, while others are accepted.",
        orders: 1, needsFirstCertificate: true
    ) { run in
        guard run.profile.products.count > 1 else {
            throw CheckStop.notApplicable("the profile knows one product: the CA has nothing to choose")
        }
        var trial = run.bench.trial
        // Numbers where the CA counts its products, words elsewhere.
        trial.product = Int(trial.product) == nil ? "no-such-product" : "99999"
        try await refused(try run.request("product", trial: trial), what: "an order for \(trial.product)", run)
    }

    private static let domain = ConformanceCheck(
        "refusal.foreign-domain", "An address that is not ours",
        proves:
            "An address in a domain that is not ours is refused with a reason, or waits for proof; it is not certified.",
        orders: 1, needsFirstCertificate: true
    ) { run in
        try await run.workbench.requireControlOrder(run)
        let foreign = "someone@\(run.bench.subjects.foreignDomain)"
        let request = try run.request("foreign") { $0.emails = [foreign] }
        let outcome: EnrollmentOutcome
        do {
            outcome = try await run.outcome(request, waits: false)
        } catch let error as ConnectorError {
            try run.require(error, .refused, .configuration, of: "an order for \(foreign)")
            run.note("refused: \(error.message)")
            await run.workbench.book.close(request.reference)
            return
        }
        switch outcome {
        case .issued: throw certified(foreign, run)
        case .rejected(let rejection):
            run.note("rejected: \(rejection.reason)")
            try run.requireReadable(rejection.reason, of: "the rejection")
        case .pending(let pending):
            run.note("the CA waits for \(pending.waitingFor.rawValue): \(pending.detail ?? "no detail")")
            let later = try? await run.pollOnce(pending, request)
            if case .issued? = later { throw certified(foreign, run) }
            try await withdraw(pending.order, request, run)
        }
    }

    /// The verdict on a certificate for an address that nobody proved, given at once or after waiting.
    private static func certified(_ foreign: String, _ run: CheckRun) -> CheckStop {
        run.profile.certifiesAnyAddress
            ? .notApplicable("the profile says that the CA certifies any address it is asked for")
            : .failed("a certificate for \(foreign) was issued without proof")
    }

    /// Cleans up an order that should not go on.
    static func withdraw(_ order: CAOrder, _ request: CertificateRequest, _ run: CheckRun) async throws {
        guard run.has(.cancel), let canceller = run.connector as? any OrderCancelling else { return }
        do {
            try await canceller.cancel(order, note: "made by a conformance test")
            await run.workbench.book.close(request.reference)
        } catch {
            run.note("the order could not be withdrawn: \(error)")
        }
    }

    private static let unknownOrder = ConformanceCheck(
        "orders.unknown", "An order the CA does not know",
        proves:
            "Asking for an order that does not exist is an error or a refusal, never a certificate and never waiting.",
        ability: .poll, provesAbility: false, needsFirstCertificate: true
    ) { run in
        let poller = try run.ability((any OrderPolling).self, .poll)
        let first = try await run.workbench.firstCertificate(run)
        let known = first.issued.order
        let unknown = CAOrder(
            caRequestID: disturbed(known.caRequestID), identifiers: known.identifiers.mapValues(disturbed))
        run.note("asked for order \(unknown.caRequestID)")
        do {
            switch try await poller.poll(unknown, request: run.request("unknown")) {
            case .issued: throw CheckStop.failed("the answer is a certificate")
            case .pending: throw CheckStop.failed("the answer is to wait")
            case .rejected(let rejection):
                run.note("rejected: \(rejection.reason)")
                try run.requireReadable(rejection.reason, of: "the answer")
            }
        } catch let error as ConnectorError {
            run.workbench.observations.add(error)
            run.note("\(error)")
            try run.require(error, .refused, .configuration, .transient, of: "asking for an unknown order")
        }
    }

    /// An id of the same shape that nobody has: letters and digits change, everything else stays. A number that counts
    /// requests becomes one that the count does not reach.
    private static func disturbed(_ id: String) -> String {
        if let number = Int(id), number < 1_000_000_000 { return String(number + 7_000_000) }
        return disturbedText(id)
    }

    private static func disturbedText(_ id: String) -> String {
        String(
            id.enumerated().map { index, character -> Character in
                guard index >= id.count / 2, let digit = character.hexDigitValue else { return character }
                if character.isNumber { return Character(String((digit + 5) % 10)) }
                let other = "abcdef".contains(character) ? Array("fedcba") : Array("FEDCBA")
                return other[digit - 10]
            })
    }

    /// Places an order that must be refused, where others are not.
    static func refused(_ request: CertificateRequest, what: String, _ run: CheckRun) async throws {
        try await run.workbench.requireControlOrder(run)
        do {
            switch try await run.outcome(request, waits: false) {
            case .issued: throw CheckStop.failed("\(what) was issued")
            case .rejected(let rejection):
                run.note("rejected: \(rejection.reason)")
                try run.requireReadable(rejection.reason, of: "the rejection of \(what)")
            case .pending(let pending):
                let outcome = try await run.decided(pending, request)
                guard case .rejected(let rejection) = outcome else { throw CheckStop.failed("\(what) was issued") }
                run.note("rejected later: \(rejection.reason)")
                try run.requireReadable(rejection.reason, of: "the rejection of \(what)")
            }
        } catch let error as ConnectorError {
            run.note("\(error)")
            await run.workbench.book.close(request.reference)
            try run.require(error, .refused, .configuration, of: what)
        }
    }
}
