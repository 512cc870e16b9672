// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

/// What an order needs to be asked about again, as the host keeps it in `CAOrder.identifiers`.
struct CMCOrderState: Sendable {
    var transactionID: CMCTransactionID
    /// The last nonce of the server.
    var serverNonce: [UInt8]?
    /// Token of pendInfo.
    var pendToken: [UInt8]?
    var pendingSince: Date?
    /// Certificates received that the CA wants confirmed before they count.
    var unconfirmed: [Certificate] = []

    init(_ transactionID: CMCTransactionID) { self.transactionID = transactionID }

    /// - Throws: `ConnectorError` of kind `configuration` for an order of another connector.
    init(_ order: CAOrder) throws {
        let values = order.identifiers
        guard let id = CMCTransactionID(hex: order.caRequestID) else {
            throw ConnectorError(.configuration, "\(order.caRequestID) is not the transactionId of an order by CMC")
        }
        transactionID = id
        serverNonce = values["serverNonce"].flatMap { Data(base64Encoded: $0) }.map(Array.init)
        pendToken = values["pendToken"].flatMap { Data(base64Encoded: $0) }.map(Array.init)
        pendingSince = values["pendingSince"].flatMap(Double.init).map(Date.init(timeIntervalSince1970:))
        unconfirmed = try values["unconfirmed"].map(Certificate.all(pem:)) ?? []
    }

    var order: CAOrder {
        var values: [String: String] = [:]
        values["serverNonce"] = serverNonce.map { Data($0).base64EncodedString() }
        values["pendToken"] = pendToken.map { Data($0).base64EncodedString() }
        values["pendingSince"] = pendingSince.map { String(Int($0.timeIntervalSince1970)) }
        if !unconfirmed.isEmpty { values["unconfirmed"] = unconfirmed.map(\.pem).joined() }
        return CAOrder(caRequestID: transactionID.description, identifiers: values)
    }
}
