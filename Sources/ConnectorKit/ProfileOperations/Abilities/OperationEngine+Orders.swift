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
                if isCreating, let order = context.order { try await admit(order, context) }
                guard try operation(next).isSubmission, let order = context.order else {
                    values = try await run(next, context)
                    continue
                }
                if context.readsOnly { return .pending(.awaitingStep(order)) }
                let clock = client.exchange.services.clock
                if let waiting = client.unanswered.waiting(order, clock, settle: absenceIsSureAfter) {
                    return .pending(waiting)
                }
                do { values = try await run(next, context) } catch let error as ConnectorError
                    where [.transient, .outcomeUnknown].contains(error.kind)
                { return .pending(client.unanswered.note(order, error, clock)) } catch is CancellationError {
                    return .pending(client.unanswered.note(order, nil, clock))
                }
            }
            values = try await current(values, request)
            return try decide(values, context.order, request)
        } catch let refusal as RefusedStep {
            throw refusal.cause
        } catch  where isCreating {
            // The order was made, whatever failed afterwards: with its id it waits for the next poll.
            if let order = values.order(context.order) { return try client.exchange.taken(order, error) }
            guard let failure = error as? ConnectorError else {
                throw UnreadAnswer.error("\(error)", isCreating: true)
            }
            throw ConnectorError(
                .outcomeUnknown,
                "\(failure.message); so the next step failed, and the CA has taken the order and told no id of it",
                detail: failure.detail)
        } catch let error as ConnectorError {
            throw error
        } catch {
            throw error is CancellationError ? error : UnreadAnswer.error("\(error)", isCreating: false)
        }
    }

    private func admit(_ order: CAOrder, _ context: OperationContext) async throws {
        do { try await context.gate?.admit(order) } catch { throw RefusedStep(cause: error) }
    }

    /// The same answer read with fresh values where the certificate's issuer is not in it: the CA issues by another
    /// certificate than the one that was kept.
    func current(_ values: OutcomeValues, _ request: CertificateRequest) async throws -> OutcomeValues {
        guard values.kind == .issued, !values.context.prepared.isEmpty,
            try usable(values, "chain", { try !chains.hasIssuer($0, for: request.csr.publicKey) })
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
        guard let order else {
            let path = values.rule.path(of: "orderID")
            throw UnusableValue(
                keyPath: path,
                reason: values.rule.members.contains("orderID")
                    ? "there is no order id where the profile looks for it"
                    : "it is missing, and the id of the order is not known yet")
        }
        if values.kind == .pending {
            return .pending(
                PendingOrder(
                    order: order, waitingFor: values.choice("waitingFor") ?? .certificateAuthority,
                    retryAfter: values.rule.durations["retryAfter"], detail: values.sentence("detail")))
        }
        let chain = try usable(values, "chain") { try chains.chain($0, for: request.csr.publicKey) }
        return .issued(IssuedCertificate(certificateChain: chain, order: order))
    }

    /// What is made of a value, with the value's key path where nothing can be.
    private func usable<Result>(
        _ values: OutcomeValues, _ member: String, _ make: (JSONValue) throws -> Result
    ) throws(UnusableValue) -> Result {
        do { return try make(values[member]) } catch {
            throw UnusableValue(keyPath: values.rule.path(of: member), reason: "\(error)")
        }
    }
}

extension PendingOrder {
    /// Of an order that goes on once the CA is asked, where nobody is to ask.
    fileprivate static func awaitingStep(_ order: CAOrder) -> PendingOrder {
        PendingOrder(
            order: order, waitingFor: .certificateAuthority, detail: "the CA waits to be asked for the certificate",
            awaitsStep: true)
    }
}

/// The host lets no step be taken for an order: what the CA has told is not believed.
private struct RefusedStep: Error {
    let cause: any Error
}
