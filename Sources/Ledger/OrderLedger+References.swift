// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments
public import Records
import Store

extension OrderLedger {
    /// On record from the making of references that can be found again until somebody has looked whether the database is an older
    /// copy.
    public static let newReferencesState = "restore.fresh"

    /// When an order last changed; nil without any.
    public func newestChange() async throws -> Date? {
        try await database.read { try $0.value("SELECT MAX(updated_at) FROM orders", as: Date?.self) ?? nil }
    }

    /// A person consents to order again what was lost: what is ordered from now on gets other references than that may have, at
    /// whatever CA, and what has not left yet is planned anew. One that somebody works on ends under his hands: the lease that he
    /// lost with it lets nothing leave. Not what was repeated after a lost answer, which the CA may have.
    ///
    /// - Parameter actor: who consents.
    public func renewReferences(by actor: AuditActor) async throws {
        let now = now()
        try await database.write { connection in
            try OrderReference.renew(on: connection)
            try AuditTrail.record(
                AuditEntry(
                    .acceptRestore, AuditObject(.store, "database"), by: actor,
                    reason: "what was ordered since the copy was made may be bought again"), on: connection)
            try connection.execute(
                "DELETE FROM gateway_state WHERE name LIKE ?", [.text(Self.name(.olderCopy, "") + "%")])
            let table = OrderTable(connection: connection, now: now)
            let unsent = try table.locked(
                """
                stage IN (?, ?) AND NOT EXISTS \
                (SELECT 1 FROM order_events e WHERE e.order_id = orders.id AND e.kind = 'repeated')
                """, [SQLValue(OrderStage.planned), SQLValue(OrderStage.keyed)])
            for before in unsent {
                var after = before
                let change = OrderChange(
                    OrderEnding.withdrawnEvent, "planned anew: what was lost may have the reference of this order"
                ).stage(.cancelled)
                change.apply(to: &after)
                after.holdReason = nil
                (after.leaseOwner, after.leaseUntil) = (nil, nil)
                try table.save(before, as: after, change.events)
            }
        }
    }

    /// The references that a database which has forgotten `order` and what came after it would find again: its own, and those of the
    /// next orders of its subscriber and template.
    ///
    /// - Parameter count: how many from its own on, which is the first.
    public func references(from order: Order, count: Int) async throws -> [String] {
        try await database.read { connection in
            let left: Int? = try connection.value(
                "SELECT COUNT(*) FROM orders WHERE template = ? AND subscriber_id = ? AND id < ? AND attempt > 0",
                [.text(order.template), .text(order.subscriberID), .integer(order.id)])
            return OrderReference.following(
                order.reference, order.template, order.subscriberID, secret: try OrderReference.secret(on: connection),
                from: left ?? 0, count: count)
        }
    }

    /// Mail addresses that the other orders of the same subscriber and template asked for.
    public func certifiedAddresses(of order: Order) async throws -> [String] {
        try await database.read { connection in
            try connection.query(
                "SELECT names FROM orders WHERE template = ? AND subscriber_id = ? AND id <> ? ORDER BY id",
                [.text(order.template), .text(order.subscriberID), .integer(order.id)]
            ) { try $0[0] as JSONValue }
        }.flatMap { $0["emails"]?.array?.compactMap(\.string) ?? [] }
    }
}
