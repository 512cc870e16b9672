// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

/// One full PKI request of ours.
struct CMCMessage: Sendable {
    let transactionID: CMCTransactionID
    /// Fresh in every message.
    let senderNonce: [UInt8]
    /// The last one the server sent in this transaction.
    var recipientNonce: [UInt8]?
    /// What the message is about, in order; the first of them has body part id `firstID`.
    var controls: [CMCControl.Value] = []
    var csr: CertificateSigningRequest?

    static let firstID: UInt32 = 3

    init(_ transactionID: CMCTransactionID, senderNonce: [UInt8] = SecureRandom.bytes(16)) {
        self.transactionID = transactionID
        self.senderNonce = senderNonce
    }

    /// The transaction of an order: the same each time the order is sent, which is how a CA can recognise it.
    static func transactionID(reference: String) -> CMCTransactionID {
        var bytes = Array(DigestAlgorithm.sha256.digest(Array("certway \(reference)".utf8)).prefix(8))
        // Never zero or negative, and always of the same length.
        bytes[0] = bytes[0] & 0x7F | 0x40
        return CMCTransactionID(bytes)
    }

    /// A transaction without an order of ours.
    static func freshTransactionID() -> CMCTransactionID { transactionID(reference: SerialNumber.random().hex) }

    var body: PKIData {
        var values = [.transactionID(transactionID), .senderNonce(senderNonce)] + controls
        if let recipientNonce { values.append(.recipientNonce(recipientNonce)) }
        let requests = csr.map { [CMCTaggedRequest.certificationRequest(bodyPartID: requestID, $0)] } ?? []
        return PKIData(
            controls: values.enumerated().map { CMCControl(UInt32($0) + 1, $1) }, requests: requests)
    }

    /// The body part id of the request for a certificate: behind those of all controls.
    var requestID: UInt32 { Self.firstID + UInt32(controls.count + (recipientNonce == nil ? 0 : 1)) }
}
