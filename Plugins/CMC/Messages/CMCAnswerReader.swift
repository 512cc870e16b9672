// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

/// Checks an answer in the order of `wire/cmc` §7 before anything in it is believed.
struct CMCAnswerReader: Sendable {
    /// Certificates whose signature is accepted.
    var pinned: [Certificate] = []
    /// CAs of accepted signers, which then need `purpose`.
    var trustAnchors: [Certificate] = []
    var purpose: KeyPurpose?
    var isNonceRequired = true
    var allowsSimpleResponse = false

    /// - Parameters:
    ///   - sent: the message that is answered.
    ///   - isOrder: whether bare certificates could be the answer at all.
    func read(
        _ body: [UInt8], to sent: CMCMessage, isOrder: Bool, at now: Date
    ) throws(CMCRefusal) -> CMCAnswer {
        let message: SignedMessage
        do { message = try SignedMessage(body) } catch {
            let text = SafeText.sentence(String(decoding: body.prefix(200), as: UTF8.self))
            throw CMCRefusal(.form, "it is no CMS SignedData", detail: body.isEmpty ? "empty body" : text)
        }
        if message.isCertsOnly {
            guard isOrder, allowsSimpleResponse else {
                throw CMCRefusal(.simpleResponse, "bare certificates, signed by nobody, are not accepted here")
            }
            return CMCAnswer(
                certificates: message.certificates, statuses: [], senderNonce: nil, isSimple: true, isBound: false,
                unknownControls: [])
        }
        guard message.contentType == PKIResponse.contentType, let content = message.content else {
            throw CMCRefusal(.eContentType, "its content is \(message.contentType), not a PKI response (eContentType)")
        }
        try verify(message, at: now)
        let response: PKIResponse
        do { response = try PKIResponse(content) } catch {
            throw CMCRefusal(.form, "its PKI response cannot be read", detail: "\(error)")
        }
        return try answer(response, message.certificates, to: sent, isOrder: isOrder)
    }

    private func verify(_ message: SignedMessage, at now: Date) throws(CMCRefusal) {
        do {
            // The two ways stand apart: a purpose is asked of signers under a trust anchor only.
            try message.verify(pinned: pinned, trustAnchors: trustAnchors, at: now, purpose: purpose)
        } catch let error as PKIXError where error.code == .signatureMismatch {
            throw CMCRefusal(.signature, "its signature is wrong", detail: error.detail)
        } catch let error as PKIXError where error.code == .untrusted {
            throw CMCRefusal(.signer, "its signer is not accepted: \(error.message)", detail: error.detail)
        } catch {
            throw CMCRefusal(.signature, "its signature cannot be accepted: \(error)")
        }
    }

    private func answer(
        _ response: PKIResponse, _ certificates: [Certificate], to sent: CMCMessage, isOrder: Bool
    ) throws(CMCRefusal) -> CMCAnswer {
        var isOurs = false
        var isOurTransaction = false
        var senderNonce: [UInt8]?
        var unknown: [String] = []
        for control in response.controls {
            switch control.value {
            case .recipientNonce(let nonce):
                guard nonce == sent.senderNonce else {
                    throw CMCRefusal(.recipientNonce, "it answers another message: recipientNonce is not ours")
                }
                isOurs = true
            case .transactionID(let id):
                guard id == sent.transactionID else {
                    throw CMCRefusal(.transactionId, "it belongs to another transaction: transactionId is \(id)")
                }
                isOurTransaction = true
            case .senderNonce(let nonce): senderNonce = nonce
            case .other(let type, _): unknown.append(type)
            default: break
            }
        }
        let answer = CMCAnswer(
            certificates: certificates, statuses: response.statuses, senderNonce: senderNonce, isSimple: false,
            isBound: isOurs || isOurTransaction, unknownControls: unknown)
        if isOurs { return answer }
        // A refusal counts as little as a consent: an old one, sent again, would stop the backend CA.
        guard !isNonceRequired else {
            throw CMCRefusal(
                .recipientNonce, "it does not say which message it answers: recipientNonce is missing",
                detail: response.statuses.compactMap(\.text).first)
        }
        // Of an order the certificate shows by its key whose it is; nothing else shows it.
        guard isOurTransaction || isOrder else {
            throw CMCRefusal(
                .recipientNonce,
                "it does not say which message it answers: recipientNonce and transactionId are missing")
        }
        return answer
    }
}
