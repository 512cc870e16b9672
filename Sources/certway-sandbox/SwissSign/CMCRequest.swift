// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// The controls of a request that this server knows, and what else it asks for.
struct CMCRequest: Sendable {
    private(set) var transactionID: CMCTransactionID?
    private(set) var senderNonce: [UInt8]?
    private(set) var recipientNonce: [UInt8]?
    private(set) var polls: [(bodyPart: UInt32, token: [UInt8])] = []
    private(set) var revocations: [(bodyPart: UInt32, request: CMCRevokeRequest)] = []
    private(set) var confirmations: [(bodyPart: UInt32, certificate: IssuerAndSerialNumber)] = []
    /// What the client says of the certificate that it confirms or does not want.
    private(set) var ownStatus: CMCStatus?
    private(set) var registrationInfo: [UInt8]?
    private(set) var applications: [(bodyPart: UInt32, csr: CertificateSigningRequest)] = []

    /// - Throws: `CMCRefusal` for ids that stand twice and for what this server does not know (RFC 5272 section 6).
    init(_ data: PKIData) throws(CMCRefusal) {
        let ids = data.bodyPartIDs
        let doubles = Set(ids.filter { id in id == 0 || ids.count { $0 == id } > 1 })
        guard doubles.isEmpty else {
            throw CMCRefusal(.badRequest, "bodyPartID used twice", bodyParts: doubles.sorted())
        }
        var unknown = data.contentInfos.map(\.bodyPartID) + data.otherMessages.map(\.bodyPartID)
        for control in data.controls {
            switch control.value {
            case .transactionID(let id): transactionID = id
            case .senderNonce(let nonce): senderNonce = nonce
            case .recipientNonce(let nonce): recipientNonce = nonce
            case .queryPending(let token): polls.append((control.bodyPartID, token))
            case .revokeRequest(let request): revocations.append((control.bodyPartID, request))
            case .confirmCertAcceptance(let name): confirmations.append((control.bodyPartID, name))
            case .statusInfoV2(let status), .statusInfo(let status): ownStatus = status
            case .regInfo(let info): registrationInfo = info
            case .identification: break
            case .responseInfo, .other: unknown.append(control.bodyPartID)
            }
        }
        for request in data.requests {
            if case .certificationRequest(let id, let csr) = request {
                applications.append((id, csr))
            } else {
                unknown.append(request.bodyPartID ?? 0)
            }
        }
        guard unknown.isEmpty else {
            throw CMCRefusal(.badRequest, "Unsupported control", bodyParts: unknown.sorted())
        }
    }

    /// Whom the message is about, whatever its nonces are.
    var subject: String {
        let parts =
            applications.map { DigestAlgorithm.sha256.digest($0.csr.der).description }
            + polls.map { String(decoding: $0.token, as: UTF8.self) }
            + revocations.map { "revoke \($0.request.certificate.serialNumber)" }
            + confirmations.map { "confirm \($0.certificate.serialNumber)" }
        return parts.joined(separator: " ")
    }
}
