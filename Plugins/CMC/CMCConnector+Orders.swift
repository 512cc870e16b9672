// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX

extension CMCConnector: OrderPolling, OrderFinding {
    /// The transactionId tells the CA at once whether it has the order.
    public var absenceIsSureAfter: Duration { .zero }

    public var repeatsTheOrder: Bool { client.profile.isDuplicateSafe }

    /// Sends the order again where the CA recognises it: the same transaction with the same request has the same result,
    /// and if the first one never arrived, this one is the order. Where it does not, nothing can be told, because CMC has
    /// no search.
    public func find(_ request: CertificateRequest) async throws -> OrderSearchResult {
        guard repeatsTheOrder else {
            return .undecidable(
                "this CA cannot be asked for an order by its reference; look there for the transaction "
                    + "\(CMCMessage.transactionID(reference: request.reference)) or for the certificate")
        }
        // What is not known to have been sent is not sent by a search; submitting it does no harm either way.
        guard request.submittedAt != nil else { return .absent }
        do {
            let outcome = try await order(request, gate: nil)
            // It is the second request that is refused; of the first one, that says nothing.
            if case .rejected(let rejection) = outcome {
                return .undecidable(
                    "the CA refuses the same request when it comes again (\(rejection.reason)), which does not tell whether it took "
                        + "the first one; look there for the transaction "
                        + "\(CMCMessage.transactionID(reference: request.reference)) or for the certificate")
            }
            return .found(outcome)
        } catch let error as ConnectorError
            where error.kind == .outcomeUnknown
        {
            guard error.ifAbsent != .refused else {
                return .undecidable("\(error.message); so the CA may have the order, and does not recognise it")
            }
            throw ConnectorError(error.ifAbsent ?? .transient, error.message, detail: error.detail)
        }
    }

    public func poll(_ order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome {
        var state = try CMCOrderState(order)
        if !state.unconfirmed.isEmpty { return try await confirm(request, state) }
        var message = CMCMessage(state.transactionID)
        message.recipientNonce = state.serverNonce
        guard let token = state.pendToken else {
            throw ConnectorError(.configuration, "the order has no token to ask with; look for it at the CA")
        }
        message.controls = [.queryPending(token)]
        let answer = try await client.send(
            message, "poll", ["request": request.json, "order": order.json], isOrder: true)
        state.serverNonce = answer.senderNonce ?? state.serverNonce
        // Some servers name odd parts here; the nonce has tied the answer to our message.
        return try await outcome(answer, CMCDecision(answer.statuses), request, state, isCreating: false)
    }

    /// An id says nothing here: a CA is asked by the token of its first answer (RFC 5272 §6.13), and only by that.
    public func examine(_ order: CAOrder, request: CertificateRequest) async throws -> OrderSearchResult {
        guard order.identifiers.isEmpty else { return try await examineByKey(order, request: request) }
        return .undecidable(
            "this CA is asked about an order only by the token of its first answer, and that answer is lost; let the CA end "
                + "\(order.caRequestID) or revoke its certificate, and then declare the order absent")
    }

    /// Sends the order.
    ///
    /// - Parameter gate: nil where sending it twice does no harm.
    func order(_ request: CertificateRequest, gate: SubmissionGate?) async throws -> EnrollmentOutcome {
        let members: [String: JSONValue] = ["request": request.json]
        let input = client.input("enroll", members)
        var message = CMCMessage(CMCMessage.transactionID(reference: request.reference))
        if let text = try client.text(client.profile.identification, input) {
            message.controls.append(.identification(text))
        }
        if let text = try client.text(client.profile.regInfo, input) {
            message.controls.append(.regInfo(Array(text.utf8)))
        }
        message.csr = request.csr
        let answer = try await client.send(message, "enroll", members, isOrder: true, gate: gate)
        var state = CMCOrderState(message.transactionID)
        state.serverNonce = answer.senderNonce
        return try await outcome(
            answer, answer.decision(for: message.requestID), request, state, isCreating: gate != nil)
    }

    private func outcome(
        _ answer: CMCAnswer, _ decision: CMCDecision, _ request: CertificateRequest, _ state: CMCOrderState,
        isCreating: Bool
    ) async throws -> EnrollmentOutcome {
        switch decision {
        case .failed(let failure) where !answer.isBound:
            // Of an order it would erase the key, and an old answer or another's says the same.
            throw ConnectorError(
                isCreating ? .outcomeUnknown : .transient,
                mask("\(failure.reason); the answer says neither which message nor which transaction it is about"))
        case .failed(let failure):
            // Only the order itself, not a question about it, can have been taken by what failed.
            guard failure.isProof || state.pendToken != nil else {
                throw ConnectorError(
                    .outcomeUnknown, mask(failure.reason), ifAbsent: failure.kind ?? .refused)
            }
            guard failure.kind == nil else { throw error(failure) }
            return .rejected(OrderRejection(order: state.order, reason: mask(failure.reason)))
        case .pending(let token, let time, let text):
            // A partial success may be about our certificate.
            let key = try request.csr.publicKey
            if answer.certificates.contains(where: { (try? $0.publicKey) == key }) { fallthrough }
            return try pending(token, time, text, state, isCreating: isCreating)
        case .success, .confirmRequired:
            do {
                _ = try answer.leaf(for: request.csr, emails: request.names.emails)
            } catch { throw CMCClient.error(error, isCreating: isCreating) }
            guard case .confirmRequired = decision else {
                return try issued(answer.certificates, request, state, isCreating: isCreating)
            }
            var state = state
            state.unconfirmed = answer.certificates.filter { !client.reader.pinned.contains($0) }
            do { return try await confirm(request, state) } catch {
                // The certificate exists, whatever became of the confirmation: the next poll confirms again.
                return try client.exchange.taken(
                    state.order, error, step: "it has not acknowledged yet that the certificate is accepted",
                    retryAfter: client.profile.poll.minimum)
            }
        }
    }

    private func pending(
        _ token: [UInt8]?, _ time: Date?, _ text: String?, _ state: CMCOrderState, isCreating: Bool
    ) throws -> EnrollmentOutcome {
        let now = client.exchange.services.clock.now()
        let bounds = client.profile.poll
        var state = state
        if let token { state.wait(for: token) }
        guard state.pendToken != nil else {
            throw CAExchange.notUnderstood("the order is pending, without a token to ask with", isCreating: isCreating)
        }
        let since = state.pendingSince ?? now
        state.pendingSince = since
        if now.timeIntervalSince(since) > bounds.giveUpAfter / .seconds(1) {
            return .rejected(
                OrderRejection(
                    order: state.order,
                    reason: "the CA has not decided since \(since.ISO8601Format()), longer than cmc.poll.giveUpAfter"))
        }
        let asked = time.map { Duration.seconds($0.timeIntervalSince(now).rounded(.up)) } ?? bounds.minimum
        return .pending(
            PendingOrder(
                order: state.order, waitingFor: .certificateAuthority,
                retryAfter: min(max(asked, bounds.minimum), bounds.maximum),
                detail: text.map { mask(SafeText.sentence($0)) }))
    }

    /// Tells the CA that the certificate is accepted; only its success makes the certificate count (RFC 5272 §6.14).
    private func confirm(_ request: CertificateRequest, _ state: CMCOrderState) async throws -> EnrollmentOutcome {
        let key = try request.csr.publicKey
        guard let leaf = state.unconfirmed.first(where: { (try? $0.publicKey) == key }) else {
            throw ConnectorError(.configuration, "the certificate to be confirmed is not that of the order")
        }
        var message = CMCMessage(state.transactionID)
        message.recipientNonce = state.serverNonce
        message.controls = [
            .confirmCertAcceptance(IssuerAndSerialNumber(leaf)),
            .statusInfoV2(CMCStatus(.success, bodyList: [.id(CMCMessage.firstID)])),
        ]
        let answer = try await client.send(
            message, "confirm", ["request": request.json, "order": state.order.json])
        switch CMCDecision(answer.statuses) {
        case .success:
            var done = state
            done.serverNonce = answer.senderNonce
            done.unconfirmed = []
            return try issued(state.unconfirmed, request, done, isCreating: false)
        case .failed(let failure):
            guard failure.kind == nil else { throw error(failure) }
            return .rejected(OrderRejection(order: state.order, reason: mask(failure.reason)))
        case .pending, .confirmRequired:
            throw CAExchange.notUnderstood("it neither takes nor refuses the confirmation", isCreating: false)
        }
    }

    private func issued(
        _ certificates: [Certificate], _ request: CertificateRequest, _ state: CMCOrderState, isCreating: Bool
    ) throws -> EnrollmentOutcome {
        do {
            let chain = try chains.chain(certificates, for: request.csr.publicKey)
            return .issued(IssuedCertificate(certificateChain: chain, order: state.order))
        } catch { throw CAExchange.notUnderstood("\(error)", isCreating: isCreating) }
    }
}
