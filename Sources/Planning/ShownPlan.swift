// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Ledger
import PKIX
import Store

/// What a person was shown of a plan: the consent that follows is to these orders, whatever has been planned since.
public struct ShownPlan: Sendable {
    public let at: Date
    public let orders: PlannedOrders

    public init(at: Date, orders: PlannedOrders) {
        self.at = at
        self.orders = orders
    }

    /// Remembers it for `actor`, in place of what was shown before.
    public func note(for actor: String, on database: any SQLDatabase) async throws {
        let value: JSONValue = ["at": .number(at.timeIntervalSince1970), "orders": orders.json]
        try await database.write { try OrderLedger.setState(Self.name(actor), value, on: $0) }
    }

    /// What `actor` was shown last; nil for nothing.
    public static func last(for actor: String, on database: any SQLDatabase) async throws -> ShownPlan? {
        guard let value = try await database.read({ try OrderLedger.state(name(actor), on: $0) }),
            let time = value["at"]?.number
        else { return nil }
        return ShownPlan(at: Date(timeIntervalSince1970: time), orders: PlannedOrders(json: value["orders"]))
    }

    /// A digest, since names of people may be long.
    private static func name(_ actor: String) -> String {
        "planShown." + Data(DigestAlgorithm.sha256.digest(Array(actor.utf8))).base64EncodedString()
    }
}
