// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import PKIX

extension ADCSConnector: OrderPolling, CertificateRenewing, LostOrderRepeating, ProductListing {
    public func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        let message = try self.message(request)
        let attributes = try RequestAttributes(request, referenceAttribute: profile.referenceAttribute)
        try await client.prove()
        let answer = try await client.submit(message, attributes: attributes, gate: gate)
        switch SubmissionPage(answer, profile.phrases) {
        case .issued(let id):
            let order = CAOrder(id, at: client.place)
            // The certificate exists, whatever happens to its retrieval: with the number it is fetched by the next poll.
            do { return try await requireNotDenied(order.saidToBeIssued, retrieve(order, request)) } catch {
                return try client.exchange.taken(order.saidToBeIssued, error)
            }
        case .pending(let id): return .pending(waiting(CAOrder(id, at: client.place)))
        case .denied(let id, let code, let message):
            if let id, let issued = try await requireDenied(CAOrder(id, at: client.place), request) { return issued }
            return try denied(id, code, message)
        case .unknown:
            guard answer.status == 200 else { throw client.error(for: answer, isCreating: true) }
            throw CAExchange.notUnderstood(
                "neither issued, pending nor denied; the page may be in a language that adcs.phrases of the profile lacks",
                isCreating: true, detail: SafeText.excerpt(client.exchange.mask.masking(WebPage(answer).text)))
        }
    }

    /// A renewal is a submission like any other here: the CA knows no predecessor over HTTP.
    public func renew(_ request: CertificateRequest, predecessor: CAOrder, gate: SubmissionGate) async throws
        -> EnrollmentOutcome
    {
        try await enroll(request, gate: gate)
    }

    public func poll(_ order: CAOrder, request: CertificateRequest) async throws -> EnrollmentOutcome {
        let outcome = try await requireNotDenied(order, retrieve(order, request))
        // Every CA counts from 1: another one behind the address would answer with the certificate of somebody else.
        if case .issued(let issued) = outcome, try issued.certificateChain.first?.publicKey != request.csr.publicKey {
            throw ConnectorError(
                .configuration,
                "request \(order.caRequestID) at \(client.place) is for another key, so it is another order; does the endpoint "
                    + "still lead to the CA that took it?")
        }
        return outcome
    }

    /// A page that denies does not say which request it is about. Of one that the CA has issued it is not.
    private func requireNotDenied(_ order: CAOrder, _ outcome: EnrollmentOutcome) throws -> EnrollmentOutcome {
        guard case .rejected(let rejection) = outcome, order.isSaidToBeIssued else { return outcome }
        throw ConnectorError(
            .transient,
            "the CA has said that request \(order.caRequestID) is issued, and a page that it is denied (\(rejection.reason)): that is "
                + "about another request, or the certificate was withdrawn; look there")
    }

    /// A page that denies and names a request is believed where that request was denied. Somebody on the way may have given the page of
    /// another one.
    ///
    /// - Returns: the certificate, where the named request has ours.
    /// - Throws: `outcomeUnknown` where the named request is another, or cannot be looked at.
    private func requireDenied(_ order: CAOrder, _ request: CertificateRequest) async throws -> EnrollmentOutcome? {
        let doubt: String
        do {
            switch try await retrieve(order, request) {
            case .rejected: return nil
            case .pending: doubt = "waits"
            case .issued(let issued):
                if try issued.certificateChain.first?.publicKey == request.csr.publicKey { return .issued(issued) }
                doubt = "is for another key"
            }
        } catch let error as ConnectorError where error.kind == .refused {
            // The CA has kept nothing of it, so it is no other order either.
            return nil
        } catch let error as ConnectorError { doubt = "cannot be looked at (\(error.message))" }
        throw ConnectorError(
            .outcomeUnknown,
            "the page says that request \(order.caRequestID) is denied, and that one \(doubt): it may be the page of another request"
        )
    }

    /// By the key of the certificate: no page shows anything else of a request.
    public func examine(_ order: CAOrder, request: CertificateRequest) async throws -> OrderSearchResult {
        try await examineByKey(order, request: request) { try await retrieve(order, request) }
    }

    private func retrieve(_ order: CAOrder, _ request: CertificateRequest) async throws -> EnrollmentOutcome {
        guard !order.caRequestID.isEmpty, order.caRequestID.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw ConnectorError(
                .refused, "\"\(SafeText.sentence(order.caRequestID))\" is no request number of this CA")
        }
        let answer = try await client.get("certnew.cer", ["ReqID": order.caRequestID, "Enc": "bin"])
        if let leaf = try certificate(answer) {
            let above = try await authorities.certificates(above: leaf)
            let chain = try chains.chain([leaf] + above, for: request.csr.publicKey)
            return .issued(IssuedCertificate(certificateChain: chain, order: order))
        }
        switch RetrievalPage(answer, profile.phrases) {
        case .pending: return .pending(waiting(order))
        case .denied(let code, let message):
            return .rejected(OrderRejection(order: order, reason: explain(code, message)))
        case .noRequest(let message):
            throw ConnectorError(
                .refused, "the CA knows no request \(order.caRequestID), or this account may not see it: \(message)")
        case .unavailable(let code): throw ConnectorError(.transient, explain(code, "the CA cannot be asked"))
        case .forbidden(let code):
            throw ConnectorError(
                .authentication, explain(code, "this account may not see request \(order.caRequestID)"))
        case .unknown:
            let type = SafeText.sentence(answer.headers["Content-Type"] ?? "none")
            throw CAExchange.notUnderstood(
                "certnew.cer gave content of type \(type), neither certificate nor a disposition we know",
                isCreating: false, detail: SafeText.excerpt(WebPage(answer).text))
        }
    }

    public func products() async throws -> [CAProduct] {
        let products = TemplateList.read(try await client.get("certrqxt.asp"))
        guard !products.isEmpty else {
            throw CAExchange.notUnderstood("certrqxt.asp offers no templates to this account", isCreating: false)
        }
        return products
    }

    /// What goes into the field CertRequest: the request itself, or the message of an enrollment agent around it.
    private func message(_ request: CertificateRequest) throws -> String {
        guard let agent = settings.agent, request.options["onBehalf"]?.bool != false else {
            if request.names.accountName != nil, settings.agent == nil {
                throw ConnectorError(
                    .configuration,
                    "names.accountName asks for enrollment on behalf of somebody, which needs settings.agentCertificate"
                )
            }
            return request.csr.pem
        }
        let requesterName = try settings.requesterName(request.names.accountName)
        guard agent.certificate.isValid(at: now) else {
            throw ConnectorError(
                .configuration,
                "the enrollment agent certificate is valid from \(agent.certificate.notBefore.ISO8601Format()) to "
                    + "\(agent.certificate.notAfter.ISO8601Format())")
        }
        client.exchange.services.logger.log(
            .info, "enrolling on behalf of an account",
            fields: [("reference", request.reference), ("requesterName", requesterName)])
        let der = try OnBehalfMessage(agent: agent, form: profile.onBehalfForm).make(
            request.csr, requesterName: requesterName)
        return Data(der).base64EncodedString(options: [
            .lineLength64Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
    }

    private func waiting(_ order: CAOrder) -> PendingOrder {
        PendingOrder(
            order: order, waitingFor: .approver, detail: "request \(order.caRequestID) waits for an officer of the CA")
    }

    /// A submission that was denied. What an operator can mend is an error, so that the order is placed again afterwards.
    private func denied(_ id: String?, _ code: DispositionCode?, _ message: String) throws -> EnrollmentOutcome {
        let number = id.map { "request \($0): " } ?? ""
        let reason = client.exchange.mask.masking(number + explain(code, message))
        let kind: ConnectorError.Kind
        switch code?.meaning {
        case .configuration: kind = .configuration
        case .authentication: kind = .authentication
        case .transient: kind = .transient
        case .unknown: kind = .outcomeUnknown
        case .rejected, .noRequest, nil:
            return .rejected(OrderRejection(order: id.map { CAOrder($0, at: client.place) }, reason: reason))
        }
        throw ConnectorError(kind, "the CA denied the request: \(reason)")
    }

    /// The CA's text with the code by name, where the text has none, and what to do about it.
    private func explain(_ code: DispositionCode?, _ message: String) -> String {
        let text = SafeText.sentence(message)
        guard let code else { return text }
        return "\(text) [\(code)]" + (code.advice.map { "; \($0)" } ?? "")
    }
}

extension CAOrder {
    /// A request number is unique within one CA only.
    fileprivate init(_ id: String, at host: String) {
        self.init(caRequestID: id, identifiers: ["host": host])
    }

    /// The same, of which the CA has said that it is issued: no page that denies is about it.
    fileprivate var saidToBeIssued: CAOrder {
        CAOrder(caRequestID: caRequestID, identifiers: identifiers.merging(["said": "issued"]) { _, said in said })
    }

    fileprivate var isSaidToBeIssued: Bool { identifiers["said"] == "issued" }
}
