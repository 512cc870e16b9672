// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments
public import Ledger

/// One open order that waits.
public struct WaitingOrder: Sendable {
    public let order: Order
    public let wait: OrderWait
    /// By when it has to move on; nil where nothing presses.
    public let deadline: OrderDeadline?
    /// How often the CA was asked from here to write again; nil for never.
    public let reminder: MailReminder?
    /// Addresses that have not confirmed, where the CA was asked and says so; nil where it was not.
    public internal(set) var unconfirmed: [String]?
    /// Why the CA did not say which addresses have confirmed.
    public internal(set) var unasked: String?

    /// Who acts next.
    public var owner: String {
        switch wait {
        case .subscriber: order.userPrincipalName
        case .certificateAuthority: order.backendCA
        case .approver: "approver at \(order.backendCA)"
        case .operator where !order.isHeld: "operator at \(order.backendCA)"
        case .operator, .limit: "operator"
        case .inDoubt where order.isHeld: "operator"
        case .inDoubt, .failed, .gateway: "the gateway"
        }
    }

    /// The order as programs see it, with what it waits for.
    public var json: JSONValue {
        var value = order.json
        value["wait"] = .string(wait.rawValue)
        value["owner"] = .string(owner)
        value["deadline"] = deadline?.json ?? .null
        value["reminded"] = JSONValue(reminder?.count ?? 0)
        value["lastReminded"] = JSONValue(reminder?.last.ISO8601Format())
        if let unconfirmed { value["unconfirmed"] = JSONValue(unconfirmed) }
        if let unasked { value["unasked"] = .string(unasked) }
        return value
    }
}
