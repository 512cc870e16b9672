// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import HTTPTransport
internal import JSONDocuments
internal import PKIX

extension OperationEngine {
    static let maximumPages = 20
    private static let maximumCandidates = 200
    private static let maximumAttempts = 3
    /// Lists go by days or hours, and machines that are looked after by seconds.
    private static let greatestClockDifference = 600.0

    var absenceIsSureAfter: Duration {
        settings.absenceIsSureAfter ?? common.absenceIsSureAfter ?? .seconds(15 * 60)
    }

    /// A list that shows the key and nothing else of ours does not help whoever has lost the key.
    var findsByReferenceAlone: Bool { (try? operation("findByReference"))?.matchesKey == false }

    /// A CA's list is asked for by the time of the submission as this machine's clock had it: while that clock is wrong, an order
    /// outside the window is not absent.
    func find(_ request: CertificateRequest) async throws -> OrderSearchResult {
        var request = request
        let now = client.exchange.services.clock.now()
        request.submittedAt = request.submittedAt.map { min($0, now) }
        let result = try await search(request)
        guard case .absent = result else { return result }
        guard let difference = client.exchange.clockDifference else { return try await findWithoutTime(request) }
        guard abs(difference) > Self.greatestClockDifference else { return result }
        throw ConnectorError(
            .transient,
            "the clock of this machine is \(Int(abs(difference))) s \(difference > 0 ? "behind" : "ahead of") the CA's, so a search "
                + "proves nothing: set the clock")
    }

    /// Absence at a CA that tells no time in its answers: there is only this machine's clock, and it may be wrong by any amount. So no
    /// row is older than our order, and a list that is asked for by time proves nothing.
    private func findWithoutTime(_ request: CertificateRequest) async throws -> OrderSearchResult {
        guard let search = client.profile.operations["findByReference"], search.usesTime else { return .absent }
        guard !search.asksByTime else {
            return .undecidable(
                "the CA's answers tell no time (a header Date), and it is asked for orders of a time by this machine's clock, which may "
                    + "be wrong: that none is in its list proves nothing")
        }
        var request = request
        request.submittedAt = nil
        return try await self.search(request)
    }

    private func search(_ request: CertificateRequest) async throws -> OrderSearchResult {
        var context = context(request)
        context.isSearch = true
        var ended: EnrollmentOutcome?
        var isInDoubt: String?
        var rows = SeenRows()
        var looked = 0
        var endless = ""
        var link: String?
        for _ in 0..<Self.maximumPages {
            let (page, address) = (context, link)
            let values = try await patiently { try await run("findByReference", page, link: address) }
            if values.kind == .undecidable {
                return .undecidable(values.sentence("reason") ?? "the CA's list does not tell")
            }
            isInDoubt = isInDoubt ?? Self.whyItShowsNothing(values)
            rows.see(values)
            for candidate in values["list"].array ?? [] {
                guard let order = Self.order(candidate) else {
                    return .undecidable("the CA's list holds an order without id")
                }
                looked += 1
                guard looked <= Self.maximumCandidates else {
                    return .undecidable(
                        "more than \(Self.maximumCandidates) orders of the CA would have to be looked at")
                }
                do {
                    let found = try await patiently {
                        try await outcome(of: order, ifItIs: request, isShown: values.rule.members.contains("about"))
                    }
                    guard let outcome = found else { continue }
                    // An order that has ended counts only where no other one carries the reference.
                    guard case .rejected = outcome else { return .found(outcome) }
                    ended = ended ?? outcome
                } catch let doubt as Untold {
                    return .undecidable("order \(order.caRequestID) of the CA's list \(doubt.reason)")
                } catch let error as ConnectorError where error.kind == .refused {
                    return .undecidable(
                        "\(error.message); so order \(order.caRequestID) of the CA's list cannot be read")
                }
            }
            endless = values.rule.path(of: values["nextLink"].isNull ? "next" : "nextLink")
            guard let next = try await next(values, "findByReference", context, link: link) else {
                note("the CA's list is at its end", [("ordersLookedAt", "\(looked)")])
                if let ended { return .found(ended) }
                if let isInDoubt { return .undecidable(isInDoubt) }
                guard !rows.areRepeated else { throw SeenRows.repeated }
                return .absent
            }
            (context.extras["cursor"], link) = (next.cursor, next.link)
        }
        return .undecidable(
            "the CA's list has more than \(Self.maximumPages) pages; where it has fewer, \(endless) of the connector profile never gives "
                + "null")
    }

    /// Why a page without the order does not show that the CA does not have it; nil where it does.
    ///
    /// Somebody on the way who keeps answers or mixes them up gives whole lists of other questions. One that he has kept says so (`Age`,
    /// RFC 9111 §5.1), and one of somebody else has rows, none of which is about what was asked for.
    private static func whyItShowsNothing(_ page: OutcomeValues) -> String? {
        if let age = page.answer.response.headers["Age"].flatMap(Int.init), age > 0 {
            return "the list was kept by somebody on the way for \(age) s, and not made by the CA now"
        }
        guard page.rule.members.contains("about") else { return nil }
        guard let rows = page["about"].array else { return "whether the CA's list is about this order cannot be told" }
        guard !rows.isEmpty, !rows.contains(.bool(true)) else { return nil }
        return
            "none of the \(rows.count) rows of the CA's list is about what was asked for: it may be the answer to another question"
    }

    /// For integrators: what a search has seen, of which its result tells nothing.
    private func note(_ what: String, _ fields: [(String, String)]) {
        client.exchange.services.logger.log(.debug, what, fields: fields)
    }

    /// Reads again what failed in passing: a search that began anew at every failure would never end at a busy CA.
    func patiently<Result>(_ read: () async throws -> Result) async throws -> Result {
        for attempt in 1..<Self.maximumAttempts {
            do { return try await read() } catch let error as ConnectorError
                where error.kind == .transient || error.kind == .throttled
            {
                let pause = min(error.retryAfter ?? .milliseconds(500 * attempt), .seconds(5))
                try await client.exchange.services.clock.sleep(for: pause)
            }
        }
        return try await read()
    }

    /// Polls a candidate; nil when it is another order.
    ///
    /// - Parameter isShown: whether the rows of the list show more of an order than its id.
    private func outcome(
        of order: CAOrder, ifItIs request: CertificateRequest, isShown: Bool
    ) async throws -> EnrollmentOutcome? {
        let poll = try operation("poll")
        let search = try operation("findByReference")
        if search.matchesKey, let key = await client.keys.key(of: order), key != (try request.csr.publicKey.der) {
            return nil
        }
        var start = context(request, order: order)
        (start.readsOnly, start.isSearch) = (true, true)
        let context = try await ready(poll, start)
        let answer = try await ask(poll, context)
        if let match = search.match {
            guard let fits = try await fits(match, answer, of: poll, context) else {
                throw Untold(reason: "does not tell whose it is (\(match.keyPath) gives null)")
            }
            guard fits else {
                note(
                    "an order of the CA's list is another one",
                    [("caRequestID", order.caRequestID), (match.keyPath, "false")])
                return nil
            }
        }
        let values = try await read(poll, answer, context)
        guard search.matchesKey else {
            let outcome = try await outcome(values, "poll", request, context)
            // An end erases the key: an id alone, from a search whose answer shows nothing else of what was asked for, is not enough.
            if case .rejected = outcome, search.match == nil, !isShown, order.caRequestID != request.reference {
                throw Untold.endedWithoutSign
            }
            return outcome
        }
        // Whose it is shows its certificate only: until then nothing is done to it.
        guard let outcome = try await glance(values, request, context) else { throw Untold.notIssued }
        let told = try await certifiedKey(answer, of: poll, context)
        if case .issued = outcome, poll.answers != nil, told == nil { throw Untold.withoutCertificate }
        return try await self.outcome(outcome, of: order, showing: told, ifItCertifiesTheKeyOf: request)
    }

    /// The key of the certificate that an answer carries to say which order it is about; nil where it carries none.
    private func certifiedKey(
        _ answer: OperationAnswer, of poll: Operation, _ context: OperationContext
    ) async throws -> [UInt8]? {
        guard let program = poll.answers else { return nil }
        let input = context.json(with: answer)
        let told = try? await LongEvaluation.run { () throws(ExpressionError) in try program.evaluate(input) }
        guard let pem = told?.string, pem.contains("-----BEGIN CERTIFICATE-----") else { return nil }
        return try? Certificate.all(pem: pem).first?.publicKey.der
    }

    /// Whether the answer to a poll is of the order searched for; nil where the answer does not tell. "No" is a proof, on which an
    /// order is placed again: only an answer that names the order asked about, and a clear false, is one. Half an order, a page of
    /// somebody else and an empty object read as "no" otherwise.
    func fits(
        _ match: JQProgram, _ answer: OperationAnswer, of poll: Operation, _ context: OperationContext
    ) async throws -> Bool? {
        // A failed answer is an error, not "another order".
        let input = context.json(with: answer)
        guard answer.message.isSuccess else { throw client.errors.error(answer, input, isCreating: false) }
        do {
            return try await LongEvaluation.run { () throws(ExpressionError) in
                if let answers = poll.answers, try answers.evaluate(input).identifier != context.order?.caRequestID {
                    return nil
                }
                return try match.evaluate(input).bool
            }
        } catch {
            throw UnreadAnswer.error(error, isCreating: false)
        }
    }

    /// The outcome when the certificate has the request's key; nil when it has another.
    ///
    /// - Throws: `Untold` while there is no certificate, and where it has ended without one that could be compared.
    private func outcome(
        _ outcome: EnrollmentOutcome, of order: CAOrder, showing told: [UInt8]?,
        ifItCertifiesTheKeyOf request: CertificateRequest
    ) async throws -> EnrollmentOutcome? {
        switch outcome {
        case .pending: throw Untold.notIssued
        case .rejected:
            guard let told else {
                throw Untold(reason: "has ended, and shows no certificate whose key could be compared")
            }
            await client.keys.remember(told, of: order)
            return told == (try request.csr.publicKey.der) ? outcome : nil
        case .issued(let issued):
            // A CA's own certificate, from a chain without the one that was issued, is nobody's order.
            guard let leaf = issued.certificateChain.first, !leaf.isCA else { throw Untold.withoutCertificate }
            let key = try leaf.publicKey.der
            await client.keys.remember(key, of: order)
            return key == (try request.csr.publicKey.der) ? outcome : nil
        }
    }

    static func order(_ value: JSONValue) -> CAOrder? {
        guard let id = value.identifier ?? value["orderID"]?.identifier, !id.isEmpty else { return nil }
        return CAOrder(
            caRequestID: id, identifiers: (value["identifiers"]?.object ?? [:]).compactMapValues(\.identifier))
    }
}

/// An order of a CA's list of which it is not known whether it is the one searched for.
private struct Untold: Error {
    let reason: String

    static let withoutCertificate = Untold(reason: "does not show the certificate that was issued")
    static let endedWithoutSign = Untold(reason: "has ended, and nothing in its answer shows that it is this one")
    static let notIssued = Untold(reason: "is not issued yet, so its key cannot be compared")
}
