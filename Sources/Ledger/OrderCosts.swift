// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Orders of one time and kind, and what they cost.
public struct OrderCosts: Sendable, Hashable {
    /// What becomes of the price of an order.
    public enum State: String, Sendable, CaseIterable {
        /// It has led to a certificate.
        case issued
        /// It is under way and counts until it has ended without one.
        case open
        /// It has ended without one and costs all the same.
        case charged
        /// It has ended and costs nothing.
        case free
    }

    public let template: String
    public let backendCA: String
    public let product: String
    /// Of each of them; nil where none was configured when they were planned.
    public let price: Money?
    public let state: State
    public let count: Int

    /// What they cost together, and nothing while it is free.
    public var cost: MoneySum { state == .free ? MoneySum() : MoneySum(price, times: count) }
}
