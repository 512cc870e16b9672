// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import PKIX
import Synchronization

/// A CA without network: reads what it is sent, answers from a script and remembers both.
final class ScriptedCA: HTTPClient {
    typealias Script = @Sendable (Received, ScriptedCA) throws -> HTTPResponse

    /// One request as it came.
    struct Received: Sendable {
        let http: HTTPRequest
        let message: SignedMessage
        let data: PKIData
        /// How many came before.
        let index: Int

        func first<Value>(_ pick: (CMCControl.Value) -> Value?) -> Value? {
            for control in data.controls { if let value = pick(control.value) { return value } }
            return nil
        }
        var transactionID: CMCTransactionID? { first { if case .transactionID(let id) = $0 { id } else { nil } } }
        var senderNonce: [UInt8]? { first { if case .senderNonce(let nonce) = $0 { nonce } else { nil } } }
        var recipientNonce: [UInt8]? { first { if case .recipientNonce(let nonce) = $0 { nonce } else { nil } } }
        var token: [UInt8]? { first { if case .queryPending(let token) = $0 { token } else { nil } } }
        var regInfo: [UInt8]? { first { if case .regInfo(let text) = $0 { text } else { nil } } }
        var revocation: CMCRevokeRequest? {
            first { if case .revokeRequest(let request) = $0 { request } else { nil } }
        }
        var confirmed: IssuerAndSerialNumber? {
            first { if case .confirmCertAcceptance(let name) = $0 { name } else { nil } }
        }
        var csr: CertificateSigningRequest? {
            data.requests.lazy.compactMap { if case .certificationRequest(_, let csr) = $0 { csr } else { nil } }.first
        }
        /// The part a status should name.
        var partID: UInt32 { data.requests.first?.bodyPartID ?? 3 }
    }

    let key: PrivateKey
    let certificate: Certificate
    let responderKey: PrivateKey
    let responder: Certificate
    private let script: Script
    private let taken = Mutex<[Received]>([])
    private let lists = Mutex<[UInt8]?>(nil)

    static let notBefore = Date(timeIntervalSince1970: 1_700_000_000)
    static let notAfter = Date(timeIntervalSince1970: 1_900_000_000)

    init(_ script: @escaping Script) throws {
        self.script = script
        key = try .generate(.p256)
        certificate = try CertificateBuilder(
            profile: .issuingAuthority, subject: [("C", "CH"), ("CN", "Scripted CA")], publicKey: key.publicKey,
            notBefore: Self.notBefore, notAfter: Self.notAfter
        ).selfSigned(key: key)
        responderKey = try .generate(.p256)
        var builder = CertificateBuilder(
            profile: .smimeSigning, subject: [("CN", "Responder")], publicKey: try responderKey.publicKey,
            notBefore: Self.notBefore, notAfter: Self.notAfter)
        builder.extendedKeyUsage = [.cmcCA]
        responder = try builder.signed(by: certificate, key: key)
    }

    var requests: [Received] { taken.withLock { $0 } }

    /// What is served to anyone who asks for a CRL.
    func publish(_ list: CertificateRevocationList) { lists.withLock { $0 = list.der } }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        if request.method == "GET" {
            guard let list = lists.withLock({ $0 }) else { return HTTPResponse(status: 404) }
            return HTTPResponse(status: 200, body: list)
        }
        do {
            let message = try SignedMessage(request.body ?? [])
            let data = try PKIData(message.content ?? [])
            let received = taken.withLock { taken in
                let received = Received(http: request, message: message, data: data, index: taken.count)
                taken.append(received)
                return received
            }
            return try script(received, self)
        } catch let error as HTTPTransportError {
            throw error
        } catch { throw HTTPTransportError(.invalidRequest, "the scripted CA cannot read this: \(error)") }
    }

    func issue(_ csr: CertificateSigningRequest, names: [GeneralName]? = nil) throws -> Certificate {
        var builder = CertificateBuilder(
            profile: .smime, subject: csr.subject, publicKey: try csr.publicKey,
            alternativeNames: names ?? csr.subjectAlternativeNames, notBefore: Self.notBefore, notAfter: Self.notAfter)
        builder.crlDistributionPoints = ["http://crl.sandbox.example/ca.crl"]
        return try builder.signed(by: certificate, key: key)
    }

    /// The nonce that the answer to a request carries.
    static func nonce(_ index: Int) -> [UInt8] { [0xF0, UInt8(index)] }

    /// A signed answer, complete unless told otherwise.
    func answer(
        _ received: Received, _ statuses: [CMCStatus], certificates: [Certificate] = [],
        nonce: [UInt8]?? = nil, transactionID: CMCTransactionID?? = nil
    ) throws -> HTTPResponse {
        var values: [CMCControl.Value] = statuses.map { .statusInfoV2($0) }
        if let id = transactionID ?? received.transactionID { values.append(.transactionID(id)) }
        if let echo = nonce ?? received.senderNonce { values.append(.recipientNonce(echo)) }
        values.append(.senderNonce(Self.nonce(received.index)))
        let body = PKIResponse(controls: values.enumerated().map { CMCControl(UInt32($0) + 1, $1) })
        return HTTPResponse(
            status: 200,
            body: try SignedMessage.sign(
                body.der, contentType: PKIResponse.contentType, certificate: responder, key: responderKey,
                certificates: certificates + [certificate]))
    }

    func issued(_ received: Received, _ code: CMCStatus.Code = .success) throws -> HTTPResponse {
        try answer(
            received, [CMCStatus(code, bodyList: [.id(received.partID)])],
            certificates: received.csr.map { [try issue($0)] } ?? [])
    }

    func pending(
        _ received: Received, token: String? = "REQ-1", time: Date? = nil, text: String? = nil
    ) throws -> HTTPResponse {
        let time = time ?? Date(timeIntervalSince1970: 1_800_000_600)
        let information = token.map { CMCStatus.OtherInfo.pendInfo(token: Array($0.utf8), time: time) }
        return try answer(
            received, [CMCStatus(.pending, bodyList: [.id(received.partID)], text: text, otherInfo: information)])
    }

    func failed(_ received: Received, _ info: Int, text: String? = nil) throws -> HTTPResponse {
        try answer(
            received,
            [
                CMCStatus(
                    .failed, bodyList: [.id(received.partID)], text: text,
                    otherInfo: .failInfo(CMCFailInfo(rawValue: info)))
            ])
    }
}
