// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import JSONDocuments
internal import PKIX

extension OperationEngine {
    private static let maximumPages = 20
    private static let maximumCandidates = 200

    var absenceIsSureAfter: Duration {
        settings.absenceIsSureAfter ?? common.absenceIsSureAfter ?? .seconds(15 * 60)
    }

    func find(_ request: CertificateRequest) async throws -> OrderSearchResult {
        var context = context(request)
        var ended: EnrollmentOutcome?
        var looked = 0
        var link: String?
        for _ in 0..<Self.maximumPages {
            let values = try await run("findByReference", context, link: link)
            if values.kind == .undecidable {
                return .undecidable(values.sentence("reason") ?? "the CA's list does not tell")
            }
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
                    guard let outcome = try await outcome(of: order, ifItIs: request) else { continue }
                    // An order that has ended counts only where no other one carries the reference.
                    guard case .rejected = outcome else { return .found(outcome) }
                    ended = ended ?? outcome
                } catch is KeyNotComparable {
                    return .undecidable(
                        "order \(order.caRequestID) of the CA's list is not issued yet, so its key cannot be compared")
                } catch let error as ConnectorError where error.kind == .refused {
                    return .undecidable("order \(order.caRequestID) of the CA's list cannot be read")
                }
            }
            guard let next = try await next(values, "findByReference", context, link: link) else {
                return ended.map(OrderSearchResult.found) ?? .absent
            }
            (context.extras["cursor"], link) = (next.cursor, next.link)
        }
        return .undecidable("the CA's list has more than \(Self.maximumPages) pages")
    }

    /// Polls a candidate; nil when it is another order.
    private func outcome(of order: CAOrder, ifItIs request: CertificateRequest) async throws -> EnrollmentOutcome? {
        let poll = try operation("poll")
        let search = try operation("findByReference")
        let context = try await ready(poll, context(request, order: order))
        let answer = try await client.send(poll, context)
        if let match = search.match {
            // A failed answer is an error, not "another order".
            let message = poll.request.message.read(answer)
            let input = context.json(with: answer, message)
            guard message.isSuccess else { throw client.errors.error(answer, message, input, isCreating: false) }
            do {
                guard try match.isTrue(input) else { return nil }
            } catch {
                throw CAExchange.notUnderstood("\(error)", isCreating: false, detail: error.detail)
            }
        }
        let outcome = try await outcome(read(poll, answer, context), "poll", request, context)
        return search.matchesKey ? try Self.outcome(outcome, ifItCertifiesTheKeyOf: request) : outcome
    }

    /// The outcome when the certificate has the request's key; nil when it has another, or has ended.
    private static func outcome(
        _ outcome: EnrollmentOutcome, ifItCertifiesTheKeyOf request: CertificateRequest
    ) throws -> EnrollmentOutcome? {
        switch outcome {
        case .pending: throw KeyNotComparable()
        case .rejected: return nil
        case .issued(let issued):
            let keys = try (issued.certificateChain.first?.publicKey.der, request.csr.publicKey.der)
            return keys.0 == keys.1 ? outcome : nil
        }
    }

    static func order(_ value: JSONValue) -> CAOrder? {
        guard let id = value.identifier ?? value["orderID"]?.identifier, !id.isEmpty else { return nil }
        return CAOrder(
            caRequestID: id, identifiers: (value["identifiers"]?.object ?? [:]).compactMapValues(\.identifier))
    }
}

/// An order without a certificate yet, in a search that goes by the key.
private struct KeyNotComparable: Error {}
