// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

/// Orders that a CA has, and whose backend CA would stand for another CA or account, or for none.
public struct StrandedOrders: Sendable {
    public let backendCA: String
    /// The connection they were placed at, and the one that takes its place; nil when the backend CA goes.
    public let placedAt: String
    public let after: String?
    public let orders: [Order]

    private var list: String {
        let named = orders.prefix(5).map { "\($0.reference) (\($0.userPrincipalName))" }.joined(separator: ", ")
        let rest = orders.count - 5
        return (orders.count == 1 ? "order " : "\(Plural(orders.count, "order")): ") + named
            + (rest > 0 ? " and \(rest) more" : "")
    }

    /// Why the file is not applied, and what to do instead.
    public var refusal: String {
        let change = after.map { "would be \($0) instead of \(placedAt)" } ?? "would go"
        return "backend CA \(backendCA) \(change), but the CA still has \(list): let them end ('certway order list "
            + "--backend-ca \(backendCA)'), or add a second backend CA under a new name and switch the templates to it; "
            + "--leave-open-orders changes it now and holds these orders"
    }

    /// Why each of them is held afterwards.
    var holdReason: String {
        "it was placed at \(placedAt), and backend CA \(backendCA) "
            + (after.map { "is now \($0)" } ?? "was taken away")
            + ": look at the CA whether it was issued, then configure the former connection again, or 'certway order cancel ORDER --absent' "
            + "when no certificate of it is in force there"
    }
}
