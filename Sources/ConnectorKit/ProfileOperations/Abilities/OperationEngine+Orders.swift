// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import HTTPTransport
internal import JSONDocuments
internal import PKIX

extension OperationEngine {
    func renew(_ request: CertificateRequest, predecessor: CAOrder, gate: SubmissionGate) async throws
        -> EnrollmentOutcome
    {
        var context = context(request, gate: gate)
        context.extras["predecessor"] = predecessor.json
        return try await order("renew", request, context)
    }

    func cancel(_ order: CAOrder, note: String) async throws {
        var context = context(order: order)
        context.extras["note"] = .string(note)
        _ = try await run("cancel", context)
    }

    /// Runs an operation that orders or asks about an order, follow-ups included.
    func order(_ name: String, _ request: CertificateRequest, _ start: OperationContext) async throws
        -> EnrollmentOutcome
    {
        let values = try await run(name, start)
        return try await outcome(values, name, request, start)
    }

    /// What the values of an answer mean for an order.
    ///
    /// - Parameter name: the operation that was answered.
    func outcome(
        _ values: OutcomeValues, _ name: String, _ request: CertificateRequest, _ start: OperationContext
    ) async throws -> EnrollmentOutcome {
        let isCreating = try operation(name).isCreating
        var (values, context) = (values, start)
        do {
            while let next = values.rule.followUp {
                context.order = values.order(context.order)
                context.identifiers = values.identifiers
                values = try await run(next, context)
            }
            values = try await current(values, request)
            return try decide(values, context.order, request)
        } catch  where isCreating {
            // The order was made, whatever failed afterwards: with its id it waits for the next poll.
            if let order = values.order(context.order) { return try client.exchange.taken(order, error) }
            guard let failure = error as? ConnectorError else {
                throw CAExchange.notUnderstood("\(error)", isCreating: true)
            }
            throw ConnectorError(
                .outcomeUnknown,
                "\(failure.message); so the next step failed, and the CA has taken the order and told no id of it",
                detail: failure.detail)
        } catch let error as ConnectorError {
            throw error
        } catch {
            throw error is CancellationError ? error : CAExchange.notUnderstood("\(error)", isCreating: false)
        }
    }

    /// The same answer read with fresh values where the certificate's issuer is not in it: the CA issues by another
    /// certificate than the one that was kept.
    func current(_ values: OutcomeValues, _ request: CertificateRequest) async throws -> OutcomeValues {
        guard values.kind == .issued, !values.context.prepared.isEmpty,
            try !chains.hasIssuer(values["chain"], for: request.csr.publicKey)
        else { return values }
        await client.prepared.drop(values.context.prepared)
        return try await read(values.operation, values.answer, ready(values.operation, values.context))
    }

    func decide(
        _ values: OutcomeValues, _ known: CAOrder?, _ request: CertificateRequest
    ) throws -> EnrollmentOutcome {
        let order = values.order(known)
        if values.kind == .rejected {
            return .rejected(
                OrderRejection(
                    kind: values.choice("kind") ?? .rejected, order: order,
                    reason: values.sentence("reason") ?? "the CA gives no reason"))
        }
        guard let order else { throw MissingOrderID() }
        if values.kind == .pending {
            return .pending(
                PendingOrder(
                    order: order, waitingFor: values.choice("waitingFor") ?? .certificateAuthority,
                    retryAfter: values.rule.durations["retryAfter"], detail: values.sentence("detail")))
        }
        let chain = try chains.chain(values["chain"], for: request.csr.publicKey)
        return .issued(IssuedCertificate(certificateChain: chain, order: order))
    }
}

/// An answer about an order without the id that is needed to come back to it.
struct MissingOrderID: Error, CustomStringConvertible {
    var description: String { "there is no order id where the profile looks for it" }
}
