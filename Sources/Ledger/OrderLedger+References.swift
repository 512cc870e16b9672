// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

extension OrderLedger {
    /// The step of the schema from which on references can be found again.
    public static var referenceMigration: String { OrderReference.migration.name }

    /// When an order last changed; nil without any.
    public func newestChange() async throws -> Date? {
        try await database.read { try $0.value("SELECT MAX(updated_at) FROM orders", as: Date?.self) ?? nil }
    }

    /// A person consents to order again at the CAs that cannot be asked what they have: what is ordered there from now on gets other
    /// references than what was lost may have, and what has not left yet is planned anew.
    public func renewReferences() async throws {
        let now = now()
        let prefix = Self.name(.olderCopy, "")
        try await database.write { connection in
            let table = OrderTable(connection: connection, now: now)
            let stops = try connection.query(
                "SELECT name FROM gateway_state WHERE name LIKE ? ORDER BY name", [.text(prefix + "%")]
            ) { try $0[0] as String }
            for stop in stops {
                let backendCA = String(stop.dropFirst(prefix.count))
                try Self.setState(
                    OrderReference.renewal(backendCA), .string(OrderReference.newSecret()), on: connection)
                try Self.setState(stop, nil, on: connection)
                let unsent = try table.locked(
                    "backend_ca = ? AND stage IN (?, ?) AND attempt = 0 AND lease_owner IS NULL",
                    [.text(backendCA), SQLValue(OrderStage.planned), SQLValue(OrderStage.keyed)])
                for before in unsent {
                    var after = before
                    let change = OrderChange(
                        OrderEnding.withdrawnEvent, "planned anew: what was lost may have the reference of this order"
                    ).stage(.cancelled)
                    change.apply(to: &after)
                    after.holdReason = nil
                    try table.save(before, as: after, change.events)
                }
            }
        }
    }

    /// The references that a database which has forgotten `order` and what came after it would find again: its own, and those of
    /// the next orders of its subscriber and template.
    ///
    /// - Parameter count: how many; its own is the first.
    public func references(from order: Order, count: Int) async throws -> [String] {
        try await database.read { connection in
            let later = try (1..<max(1, count)).map { ahead in
                try OrderReference.next(
                    order.template, order.subscriberID, at: order.backendCA, ahead: ahead, before: order.id,
                    on: connection)
            }
            return [order.reference] + later
        }
    }
}
