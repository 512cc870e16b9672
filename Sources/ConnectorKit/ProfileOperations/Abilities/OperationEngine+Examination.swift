// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import JSONDocuments
internal import PKIX

/// Looking at an order that a person has named, and that may be somebody else's: nothing is sent but what surely reads.
extension OperationEngine {
    /// Whether the order is the one placed for `request`: by the rule of the profile's search; without one by the key of its
    /// certificate, or because the search by our reference lists it.
    func examine(_ order: CAOrder, _ request: CertificateRequest) async throws -> OrderSearchResult {
        let id = order.caRequestID
        let ours = EnrollmentOutcome.pending(PendingOrder(order: order, waitingFor: .certificateAuthority))
        let search = client.profile.operations["findByReference"]
        var reason: String
        do {
            let poll = try operation("poll")
            var start = context(request, order: order)
            start.isSearch = true
            let context = try await ready(poll, start)
            let answer = try await ask(poll, context)
            if let match = search?.match {
                guard let fits = try await fits(match, answer, of: poll, context) else {
                    return .undecidable(
                        "the CA's answer about order \(id) does not tell whose it is (\(match.keyPath) gives null); look at it at the CA"
                    )
                }
                return fits ? .found(ours) : .absent
            }
            switch try await glance(read(poll, answer, context), request, context) {
            case .issued(let issued)?:
                let key = try issued.certificateChain.first?.publicKey
                return key == (try request.csr.publicKey) ? .found(.issued(issued)) : .absent
            case .rejected(let rejection)?: reason = "order \(id) has ended without a certificate: \(rejection.reason)"
            case .pending?, nil: reason = "order \(id) has no certificate yet whose key could be compared"
            }
        } catch let error as ConnectorError where error.kind == .refused {
            reason = "\(error.message); so order \(id) cannot be read"
        }
        if let search, !search.matchesKey {
            guard let doubt = try await whyNotListed(order, request) else { return .found(ours) }
            reason += ", and \(doubt)"
        }
        return .undecidable("\(reason); try again once it is issued")
    }

    /// Nil when the search by our reference lists the order: what it lists without a rule of its own is ours.
    private func whyNotListed(_ order: CAOrder, _ request: CertificateRequest) async throws -> String? {
        var context = context(request)
        context.isSearch = true
        var link: String?
        do {
            for _ in 0..<Self.maximumPages {
                let (page, address) = (context, link)
                let values = try await patiently { try await run("findByReference", page, link: address) }
                if values.kind == .undecidable { return values.sentence("reason") ?? "the CA's list does not tell" }
                if (values["list"].array ?? []).contains(where: { Self.order($0)?.caRequestID == order.caRequestID }) {
                    return nil
                }
                guard let next = try await next(values, "findByReference", context, link: link) else { break }
                (context.extras["cursor"], link) = (next.cursor, next.link)
            }
        } catch let error as ConnectorError where error.kind == .refused {
            return error.message
        }
        return "the CA does not list it under \(request.reference)"
    }

    /// What an answer to a poll means, as far as that shows without changing anything; nil where an operation follows that
    /// may do more than read.
    func glance(
        _ values: OutcomeValues, _ request: CertificateRequest, _ start: OperationContext
    ) async throws -> EnrollmentOutcome? {
        var (values, context) = (values, start)
        while let next = values.rule.followUp {
            guard ["GET", "HEAD"].contains(try operation(next).request.method) else { return nil }
            context.order = values.order(context.order)
            values = try await run(next, context)
        }
        do { return try decide(await current(values, request), context.order, request) } catch {
            guard !(error is ConnectorError || error is CancellationError) else { throw error }
            throw UnreadAnswer.error("\(error)", isCreating: false)
        }
    }
}
