// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

extension Order {
    /// The member of an order's terms that says that a sealed copy of its key stays beside the ledger.
    public static let keepsKeyMember = "keepsKey"

    /// Whether its key is kept for as long as somebody is to have it on devices, whatever became of the certificate.
    public var keepsKey: Bool { request[Self.keepsKeyMember]?.bool ?? false }
}

extension OrderLedger {
    /// Erases the sealed keys of orders that nobody is to have any more.
    ///
    /// - Throws: `StoreError`.
    public func eraseHistory(_ orderIDs: [Int64]) async throws {
        let now = now()
        for list in SQLValueList.lists(orderIDs) {
            try await database.write { connection in
                let table = OrderTable(connection: connection, now: now)
                for order in try table.locked("id IN (\(list.places))", list.parameters) {
                    try OrderKeyTable(connection: connection).erase(of: order)
                    let event = OrderChange.Event(
                        kind: "keyErased", message: "its private key is erased, for nobody is to have it any more",
                        data: [:])
                    try table.save(order, as: order, [event])
                }
            }
        }
    }
}
