// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// What the uniform control API needs of a CA.
protocol CAControl: Sendable {
    var switches: CASwitches { get }
    /// Every order as it really is: `id`, `status`, `product`, `reference`, `emails`, `certificates` and more.
    var ordersJSON: [JSONValue] { get }
    /// The status of every order, for counting.
    var statuses: [String] { get }
    /// Whether CRLs show the reason that a customer gave.
    var publishesReasons: Bool { get }
    /// Decides an order, or with nil all that wait.
    ///
    /// - Returns: how many were decided.
    func decide(order id: String?, _ decision: OrderDecision) throws(Reply) -> Int
}

extension CAControl {
    var publishesReasons: Bool { true }
}
