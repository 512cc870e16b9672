// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// Makes the message that answers, true or false as the switches say.
struct CMCAnswer: Sendable {
    let settings: SwissSignSwitches
    let responder: OperatorCertificate
    let foreignResponder: OperatorCertificate
    /// Who issued the responder's certificate; goes into answers that hand out no certificate.
    let issuer: Certificate
    let memory: TransactionMemory

    /// The answer to a request that could be read, or with nil to one that could not.
    func reply(_ result: CMCResult, to request: CMCRequest?) throws -> Reply {
        if settings.answersCertsOnly, result.succeeded, !result.certificates.isEmpty {
            return .bytes(
                try CertsOnlyMessage.encode(result.certificates), type: "application/pkcs7-mime; smime-type=certs-only")
        }
        let body = try PKIResponse(controls: controls(result, request)).der
        let signer = settings.falseAnswer == .foreignResponder ? foreignResponder : responder
        let certificates =
            settings.falseAnswer == .noCertificate || result.certificates.isEmpty ? [issuer] : result.certificates
        var message = try SignedMessage.sign(
            body,
            contentType: settings.falseAnswer == .wrongContentType ? SignedMessage.dataType : PKIResponse.contentType,
            certificate: signer.certificate, key: signer.key,
            identification: settings.namesSignerByKeyIdentifier ? .subjectKeyIdentifier : .issuerAndSerialNumber,
            certificates: certificates)
        if settings.falseAnswer == .badSignature { message[message.count - 1] ^= 1 }
        if settings.encodesBER { message = IndefiniteLengths.rewrite(message) ?? message }
        return .bytes(message, type: "application/pkcs7-mime; smime-type=CMC-response; name=\"smime.p7m\"")
    }

    private func controls(_ result: CMCResult, _ request: CMCRequest?) -> [CMCControl] {
        var values = statusControls(result)
        if settings.sendsTransactionID, let id = request?.transactionID {
            values.append(.transactionID(settings.falseAnswer == .wrongTransaction ? CMCTransactionID(4711) : id))
        }
        if settings.sendsNonces {
            if let nonce = request?.senderNonce {
                values.append(.recipientNonce(settings.falseAnswer == .wrongNonce ? nonce.reversed() + [1] : nonce))
            }
            let nonce = settings.serverNonce ?? SecureRandom.bytes(16)
            memory.sent(nonce)
            values.append(.senderNonce(nonce))
        }
        if let info = request?.registrationInfo { values.append(.responseInfo(info)) }
        return values.enumerated().map { CMCControl(UInt32($0.offset + 1), $0.element) }
    }

    private func statusControls(_ result: CMCResult) -> [CMCControl.Value] {
        let statuses = result.statuses.map { status in
            var status = status
            if settings.emptiesBodyList, status.code == .failed { status.bodyList = [] }
            return status
        }
        switch settings.status {
        case .none where result.succeeded && !result.certificates.isEmpty: return []
        case .v2, .none: return statuses.map { .statusInfoV2($0) }
        case .v1: return statuses.map { .statusInfo($0) }
        case .both: return statuses.flatMap { [.statusInfoV2($0), .statusInfo($0)] }
        }
    }
}
