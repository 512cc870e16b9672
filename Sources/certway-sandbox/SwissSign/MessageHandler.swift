// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import PKIX

/// `POST /ws/cmc`: one message in, one message out (wire/cmc.md sections 1 and 8).
struct MessageHandler: Sendable {
    let check: OperatorCheck
    let enrollment: EnrollmentHandler
    let revocation: RevocationHandler
    let answer: CMCAnswer

    static let path = "/ws/cmc"
    private static let maximumSize = 1 << 20

    private var settings: SwissSignSwitches { check.settings }
    private var memory: TransactionMemory { answer.memory }

    var routes: [Route] {
        [Route("swisssign.message", "POST", Self.path, subject: { Self.subject(of: $0) }) { try handle($0) }]
    }

    /// Whom a message is about; its nonces, time and signature are new in every attempt.
    private static func subject(of call: Call) -> String {
        let content = (try? SignedMessage(call.request.body))?.content
        return content.flatMap { try? PKIData($0) }.flatMap { try? CMCRequest($0) }?.subject ?? call.request.target
    }

    private func handle(_ call: Call) throws -> Reply {
        try checkContentType(call.request)
        if let csr = try? CertificateSigningRequest(der: call.request.body) { return try simple(csr, call) }
        guard let message = try? SignedMessage(call.request.body) else {
            throw Reply.text("Not a CMC message", status: 400)
        }
        var request: CMCRequest?
        do {
            guard message.contentType == PKIData.contentType, let content = message.content,
                let data = try? PKIData(content)
            else { throw CMCRefusal(.badRequest, "The message holds no PKIData", bodyParts: [0]) }
            // Its nonce goes back with a refusal of the signer, too: without it no client can tell what is refused.
            request = try? CMCRequest(data)
            let signer = try check.signer(of: message)
            let understood = try CMCRequest(data)
            request = understood
            return try answer.reply(process(understood, signer, AccountQuery(request: call.request)), to: understood)
        } catch let refusal as CMCRefusal {
            if settings.refusesWithStatus, [.badIdentity, .badMessageCheck].contains(refusal.info) {
                throw Reply.text(refusal.text ?? "", status: 403)
            }
            return try answer.reply(CMCResult(statuses: [refusal.status(of: 0)]), to: request)
        }
    }

    private func checkContentType(_ request: ServerRequest) throws(Reply) {
        guard request.body.count <= Self.maximumSize else { throw Reply.text("The message is too large", status: 413) }
        let type = request.header("Content-Type")
        let base = type?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } }
        let isFine =
            settings.wantsExactContentType
            ? type == "application/pkcs7-mime"
            : base == nil || ["application/pkcs7-mime", "application/pkcs10"].contains(base)
        guard isFine else { throw Reply.text("Content-Type must be application/pkcs7-mime", status: 400) }
    }

    private func process(_ request: CMCRequest, _ signer: Certificate?, _ query: AccountQuery) throws(CMCRefusal)
        -> CMCResult
    {
        // A repeated message has the same nonce, and gets the same result.
        if settings.checksReplay, try !isRepeated(request, signer) {
            if let nonce = request.senderNonce, !memory.isNew(nonce, of: signer) {
                throw CMCRefusal(.badRequest, "senderNonce was used before", bodyParts: [0])
            }
            if let nonce = request.recipientNonce, !memory.knows(nonce) {
                throw CMCRefusal(.badRequest, "recipientNonce is none of this server's", bodyParts: [0])
            }
        }
        try query.checkAccount()
        var result = CMCResult()
        for (index, part) in request.applications.enumerated() {
            enrollment.apply(
                part.csr, bodyPart: part.bodyPart, query: query, transaction: request.transactionID, signer: signer,
                waits: settings.issuesPartially && index > 0 && index == request.applications.count - 1, to: &result)
        }
        for part in request.polls { enrollment.poll(part.token, bodyPart: part.bodyPart, to: &result) }
        for part in request.confirmations {
            enrollment.confirm(
                part.certificate, bodyPart: part.bodyPart, accepts: request.ownStatus?.code != .failed, to: &result)
        }
        for part in request.revocations { revocation.revoke(part.request, bodyPart: part.bodyPart, to: &result) }
        guard !result.statuses.isEmpty else {
            throw CMCRefusal(.badRequest, "The message asks for nothing", bodyParts: [0])
        }
        return settings.issuesPartially ? merged(result) : result
    }

    private func isRepeated(_ request: CMCRequest, _ signer: Certificate?) throws(CMCRefusal) -> Bool {
        guard let id = request.transactionID, !request.applications.isEmpty else { return false }
        return try memory.isRepeated(.init(signer: signer, transaction: id), request.applications.map(\.csr.der))
    }

    /// One status for all: some issued, the rest to be asked for.
    private func merged(_ result: CMCResult) -> CMCResult {
        guard let waiting = result.statuses.first(where: { $0.code == .pending }),
            result.statuses.contains(where: { $0.code == .success })
        else { return result }
        var merged = result
        merged.statuses = [
            CMCStatus(.partial, bodyList: result.statuses.flatMap(\.bodyList), otherInfo: waiting.otherInfo)
        ]
        return merged
    }

    /// A bare PKCS #10: nobody signed for it, so nobody may order so; the status names body part 1.
    private func simple(_ csr: CertificateSigningRequest, _ call: Call) throws -> Reply {
        var result = CMCResult()
        if check.server.switches.accepts(credentialsAreRight: false) {
            enrollment.apply(
                csr, bodyPart: 1, query: AccountQuery(request: call.request), transaction: nil, signer: nil,
                waits: false, to: &result)
        } else {
            result.statuses = [CMCRefusal(.badIdentity, "The request is signed by no operator").status(of: 1)]
        }
        return try answer.reply(result, to: nil)
    }
}
