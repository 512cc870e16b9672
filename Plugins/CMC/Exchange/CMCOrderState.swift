// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

/// What an order needs to be asked about again, as the host keeps it in `CAOrder.identifiers`.
struct CMCOrderState: Sendable {
    var transactionID: CMCTransactionID
    /// What people at the CA know the order by: the first token, where it is text; otherwise the transactionId.
    private(set) var reference: String
    /// The last nonce of the server.
    var serverNonce: [UInt8]?
    /// Token of pendInfo.
    private(set) var pendToken: [UInt8]?
    var pendingSince: Date?
    /// Certificates received that the CA wants confirmed before they count.
    var unconfirmed: [Certificate] = []

    init(_ transactionID: CMCTransactionID) {
        self.transactionID = transactionID
        reference = transactionID.description
    }

    /// - Throws: `ConnectorError` of kind `configuration` for an order of another connector.
    init(_ order: CAOrder) throws {
        let values = order.identifiers
        guard let id = values["transactionID"].flatMap(CMCTransactionID.init(hex:)) else {
            throw ConnectorError(
                .configuration, "order \(order.caRequestID) has no transactionId: it was not made by CMC")
        }
        transactionID = id
        reference = order.caRequestID
        serverNonce = values["serverNonce"].flatMap { Data(base64Encoded: $0) }.map(Array.init)
        pendToken = values["pendToken"].flatMap { Data(base64Encoded: $0) }.map(Array.init)
        pendingSince = values["pendingSince"].flatMap(UInt32.init).map { Date(timeIntervalSince1970: Double($0)) }
        unconfirmed = try values["unconfirmed"].map(Certificate.all(pem:)) ?? []
    }

    /// Takes the token of an answer; the newest counts.
    mutating func wait(for token: [UInt8]) {
        if pendToken == nil, !token.isEmpty, token.allSatisfy({ (0x21...0x7E).contains($0) }) {
            reference = String(decoding: token, as: UTF8.self)
        }
        pendToken = token
    }

    var order: CAOrder {
        var values = ["transactionID": transactionID.description]
        values["serverNonce"] = serverNonce.map { Data($0).base64EncodedString() }
        values["pendToken"] = pendToken.map { Data($0).base64EncodedString() }
        values["pendingSince"] = pendingSince.map { String(Int($0.timeIntervalSince1970)) }
        if !unconfirmed.isEmpty { values["unconfirmed"] = unconfirmed.map(\.pem).joined() }
        return CAOrder(caRequestID: reference, identifiers: values)
    }
}
