// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Store

extension OrderLedger {
    /// Puts a line into an order's timeline and changes nothing else, inside the transaction of what it tells of.
    ///
    /// - Parameter now: the present time of the store.
    public static func tell(
        _ orderID: Int64, _ change: OrderChange, at now: Date, on connection: any SQLConnection
    ) throws {
        let table = OrderTable(connection: connection, now: now)
        let order = try table.locked(orderID)
        try table.save(order, as: order, change.events)
    }
}
