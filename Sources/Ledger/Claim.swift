// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The right to work on one order for a while. Each commit compares `owner` and `fence` with the row.
public struct Claim: Sendable, Hashable {
    /// The order as it was when claimed.
    public let order: Order
    public let owner: String
    public let fence: Int64
    /// When it was claimed or renewed, by the database's clock.
    public let claimedAt: Date
    /// Others may claim the order from then on, by the database's clock; until they do, the holder may still commit.
    public let leaseUntil: Date
    /// Until when nobody else can have claimed it, by the machine's uptime.
    public let heldUntil: Duration

    public var orderID: Int64 { order.id }
}
