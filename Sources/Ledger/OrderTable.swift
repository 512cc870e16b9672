// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
import Store

/// The tables `orders` and `order_events`: every reading and writing of an order goes through here.
struct OrderTable {
    let connection: any SQLConnection
    let now: Date
    /// Under which the order is worked on; what is written under none is somebody else's word.
    var claim: Claim?
    /// Who writes without a claim; nil for a command.
    var node: String?

    static let ids = IdentifierSequence("orders")
    /// Events of all orders, in the order in which they were committed: whoever follows them misses none.
    static let events = IdentifierSequence("order_events")

    /// The first order of a query that ends in `condition`.
    func first(where condition: String, _ parameters: [SQLValue]) throws -> Order? {
        try all("WHERE \(condition)", parameters).first
    }

    /// - Parameter lock: for orders that are about to be changed.
    func all(_ clauses: String, _ parameters: [SQLValue], lock: SQLRowLock = .none) throws -> [Order] {
        try connection.query(
            "SELECT \(Self.names) FROM orders\(lock.hint) \(clauses)\(lock.clause)", parameters, Self.order)
    }

    /// Orders that are about to be changed: nobody else changes them before this transaction ends.
    func locked(_ condition: String, _ parameters: [SQLValue]) throws -> [Order] {
        // In the order of their ids, so that two who lock several do not wait for each other.
        try all("WHERE \(condition) ORDER BY id", parameters, lock: connection.dialect.rowLock)
    }

    /// An order that is about to be changed.
    func locked(_ id: Int64) throws -> Order {
        guard let order = try locked("id = ?", [.integer(id)]).first else { throw LedgerError.noSuchOrder("\(id)") }
        return order
    }

    /// What to call an order in a sentence; it is not about to be changed.
    func reference(of id: Int64) throws -> String {
        try connection.value("SELECT reference FROM orders WHERE id = ?", [.integer(id)]) ?? "\(id)"
    }

    /// - Parameter events: the first one of each.
    func insert(_ orders: [Order], _ events: [OrderChange.Event]) throws {
        let rows = orders.map { Self.constantColumns($0) + Self.columns($0) }
        try connection.insert(into: "orders", (rows.first ?? []).map(\.name), rows: rows.map { $0.map(\.value) })
        try OrderNameTable(connection: connection).insert(orders)
        try LedgerCountTable(connection: connection).add(orders)
        try append(zip(orders, events).map { ($0, 1, $1, nil) })
    }

    /// Takes orders for a worker, all of them with one statement where nobody was faster.
    ///
    /// - Parameter orders: as they are in the database.
    /// - Returns: those that were not changed since, as they are now.
    func lease(_ orders: [Order], to owner: String, until end: Date) throws -> [Order] {
        guard !orders.isEmpty else { return [] }
        let taken = orders.map { order in
            var order = order
            (order.leaseOwner, order.leaseUntil, order.fence) = (owner, end, order.fence + 1)
            return order
        }
        var lost: Set<Int64> = []
        for start in stride(from: 0, to: orders.count, by: 128) {
            let part = orders[start...].prefix(128)
            let states = SQLValueList.filled(
                part.map { [.integer($0.id), .integer($0.fence), SQLValue($0.eventCount)] })
            let condition = states.map { _ in "(id = ? AND fence = ? AND event_count = ?)" }.joined(separator: " OR ")
            let changed = try connection.execute(
                "UPDATE orders SET lease_owner = ?, lease_until = ?, due_at = ?, fence = fence + 1 WHERE \(condition)",
                [.text(owner), SQLValue(end), SQLValue(end)] + states.flatMap(\.self))
            guard changed < part.count else { continue }
            let list = SQLValueList(part.map(\.id))
            let ours = try connection.query(
                "SELECT id FROM orders WHERE id IN (\(list.places)) AND lease_owner = ? AND lease_until = ?",
                list.parameters + [.text(owner), SQLValue(end)]
            ) { try $0[0] as Int64 }
            lost.formUnion(Set(part.map(\.id)).subtracting(ours))
        }
        return taken.filter { !lost.contains($0.id) }
    }

    /// As `saveUnlessChanged`, for one order. `before` must be what is in the database.
    ///
    /// - Returns: `after` as it is now in the database.
    /// - Throws: `StoreError` with code `busy` when the order was changed since.
    @discardableResult
    func save(_ before: Order, as after: Order, _ events: [OrderChange.Event] = []) throws -> Order {
        let save = OrderSave(before, as: after, events, by: claim, at: now)
        guard let saved = try saveUnlessChanged([save]) else { throw Self.changedMeanwhile(before) }
        return saved[0]
    }

    static func changedMeanwhile(_ order: Order) -> StoreError {
        StoreError(.busy, "order \(order.reference) was changed at the same time by another node: try again")
    }

    /// Writes the differences between the states of different orders and what happened, with few statements. A new stage has its
    /// consequences for the certificate, the key and older orders here, whoever set it.
    ///
    /// - Parameter rest: writes what belongs to the orders, such as their certificates, once they are changed.
    /// - Returns: the orders as they are now in the database; nil when one of them is not what it was any more: others of them may be
    ///   written then, and the transaction is to be undone.
    func saveUnlessChanged(_ saves: [OrderSave], and rest: ([Order]) throws -> Void = { _ in }) throws -> [Order]? {
        guard try update(saves) else { return nil }
        let afters = saves.map(\.after)
        try rest(afters)
        try append(saves.flatMap(\.numberedEvents))
        try leaveNews(saves)
        for save in saves {
            guard let event = save.events.first(where: { $0.kind == OrderEnding.withdrawnEvent }) else { continue }
            try AuditTrail.record(
                save.before.audited(.withdrawOrder, by: .service, as: save.after, because: event.message),
                on: connection)
        }
        let moved = saves.filter { $0.before.stage != $0.after.stage }
        for save in moved { try settle(save.after) }
        try noteStandings(of: moved.filter { !$0.after.stage.isOpen || $0.before.stage.isFinal }.map(\.after))
        try LedgerCountTable(connection: connection).move(saves)
        return afters
    }

    /// Those that change in the same way change with one statement.
    ///
    /// - Returns: whether all were what they were said to be.
    private func update(_ saves: [OrderSave]) throws -> Bool {
        // Only what differs: a column that is named has its indexes written again.
        let changes = saves.map { save in
            zip(Self.columns(save.before), Self.columns(save.after)).filter { $0.value != $1.value }.map(\.1)
        }
        let alike = Dictionary(grouping: saves.indices.filter { !changes[$0].isEmpty }) { index in
            changes[index].flatMap { [.text($0.name), $0.value] } + [SQLValue(saves[index].claim != nil)]
        }
        // In the order of their ids, as everybody locks orders.
        let groups = alike.values.map { $0.sorted { saves[$0].before.id < saves[$1].before.id } }
            .sorted { saves[$0[0]].before.id < saves[$1[0]].before.id }
        for group in groups {
            let columns = changes[group[0]]
            let isOwned = saves[group[0]].claim != nil
            let states = SQLValueList.filled(
                group.map { index in
                    let (before, claim) = (saves[index].before, saves[index].claim)
                    return (claim.map { [.text($0.owner)] } ?? [])
                        + [.integer(before.id), .integer(before.fence), SQLValue(before.eventCount)]
                })
            let state = "\(isOwned ? "lease_owner = ? AND " : "")id = ? AND fence = ? AND event_count = ?"
            let changed = try connection.execute(
                """
                UPDATE orders SET \(columns.map { "\($0.name) = ?" }.joined(separator: ", ")) \
                WHERE \(states.map { _ in states.count == 1 ? state : "(\(state))" }.joined(separator: " OR "))
                """, columns.map(\.value) + states.flatMap(\.self))
            guard changed == group.count else { return false }
        }
        // One proves the transaction of all.
        if let save = saves.first(where: { $0.claim != nil && !$0.events.isEmpty }), let claim = save.claim {
            prove(save.after, at: save.before.eventCount + 1, by: claim)
        }
        return true
    }

    /// Nobody but the owner of a claim writes events with its fence, and it is one step of his at a time.
    private func prove(_ order: Order, at number: Int, by claim: Claim) {
        let lock = connection.dialect.rowLock
        connection.isProved(
            by: CommitProof(
                waiting: .init(
                    "SELECT event_count FROM orders\(lock.hint) WHERE id = ?\(lock.clause)", [.integer(order.id)]),
                question: .init(
                    """
                    SELECT COUNT(*) FROM order_events WHERE order_id = ? AND sequence_number = ? AND node = ? AND fence = ?
                    """,
                    [.integer(order.id), SQLValue(number), .text(claim.owner), .integer(claim.fence)])))
    }

    private func settle(_ order: Order) throws {
        // While one is active, none is planned but what replaces it, and an open order is the only one.
        if order.stage == .active, order.replaces != nil { try supersede(olderThan: order) }
        if let id = order.certificateID, let status = CertificateStatus(stage: order.stage) {
            try CertificateTable(connection: connection, now: now).set(status, of: id)
        }
        // Nobody will ever need the key of an order that never left; that of a failed one may be retried, and that of one which had
        // left is kept for a while (`eraseKeptKeys`), for a CA may issue it all the same. With that of a revoked certificate old
        // mail is read: it goes where the archive has it, and stays where neither archive nor delivery was there to have it erased.
        let isWithout =
            order.certificateID == nil && order.attempt == 0 && (order.stage == .rejected || order.stage == .cancelled)
        if try isWithout || (!order.keepsKey && order.stage == .revoked && isArchived(order)) {
            try OrderKeyTable(connection: connection).erase(of: order)
        }
    }

    private func isArchived(_ order: Order) throws -> Bool {
        try connection.value(
            "SELECT 1 FROM archived_keys WHERE order_id = ? AND certificate_id = ?",
            [.integer(order.id), SQLValue(order.certificateID)], as: Int.self) != nil
    }

    private func supersede(olderThan order: Order) throws {
        let older = try locked(
            "template = ? AND subscriber_id = ? AND stage = ? AND id <> ?",
            [.text(order.template), .text(order.subscriberID), SQLValue(OrderStage.active), .integer(order.id)])
        for before in older {
            var after = before
            let change = OrderChange("superseded", "order \(order.reference) took its place").stage(.superseded)
            change.apply(to: &after)
            try save(before, as: after, change.events)
        }
    }

    private func append(
        _ events: [(order: Order, number: Int, event: OrderChange.Event, claim: Claim?)]
    ) throws {
        try connection.insert(
            into: "order_events",
            ["order_id", "sequence_number", "occurred_at", "stage", "kind", "message", "data", "node", "fence"],
            rows: events.map { order, number, event, claim in
                [
                    .integer(order.id), SQLValue(number), SQLValue(now), SQLValue(order.stage), .text(event.kind),
                    .text(event.message.storable), SQLValue(event.data),
                    SQLValue(claim?.owner ?? self.claim?.owner ?? node),
                    SQLValue(claim?.fence),
                ]
            }, numbering: ("event_number", by: Self.events))
    }

    private typealias Column = (name: String, value: SQLValue)

    /// The columns by name: a prepared `*` breaks where another node adds a column.
    static let names = OrderColumns.all.joined(separator: ", ")

    private static func constantColumns(_ order: Order) -> [Column] {
        [
            ("id", SQLValue(order.id)),
            ("reference", SQLValue(order.reference)),
            ("template", SQLValue(order.template)),
            ("backend_ca", SQLValue(order.backendCA)),
            ("product", SQLValue(order.product)),
            ("subscriber_id", SQLValue(order.subscriberID)),
            ("user_principal_name", .text(order.userPrincipalName.storable)),
            ("search_name", .text(order.userPrincipalName.storable.folded)),
            ("names", SQLValue(order.names)),
            ("replaces_order_id", SQLValue(order.replaces)),
            ("created_at", SQLValue(order.createdAt)),
            ("price", SQLValue(order.price?.units)),
            ("currency", SQLValue(order.price?.currency.code)),
            ("charged", SQLValue(order.price == nil ? nil : order.charged.rawValue)),
        ]
    }

    private static func columns(_ order: Order) -> [Column] {
        [
            ("request", SQLValue(order.request)),
            ("open_key", SQLValue(order.openKey)),
            ("stage", SQLValue(order.stage)),
            ("attempt", SQLValue(order.attempt)),
            ("submitted_at", SQLValue(order.submittedAt)),
            ("connection", SQLValue(order.connection)),
            ("secrets_mark", SQLValue(order.secretsMark)),
            ("doubt_kind", SQLValue(order.doubtKind)),
            ("doubt", SQLValue(order.doubt?.storable)),
            ("ca_request_id", SQLValue(order.caRequestID?.storable)),
            ("ca_identifiers", SQLValue(JSONValue.object(order.caIdentifiers.mapValues(JSONValue.string)))),
            ("waiting_for", SQLValue(order.waitingFor)),
            ("detail", SQLValue(order.detail?.storable)),
            ("held", SQLValue(order.isHeld)),
            ("hold_reason", SQLValue(order.holdReason?.storable)),
            ("cancel_requested", SQLValue(order.cancelRequested)),
            ("error_kind", SQLValue(order.errorKind)),
            ("failures", SQLValue(order.failures)),
            ("next_action_at", SQLValue(order.nextActionAt)),
            ("certificate_id", SQLValue(order.certificateID)),
            ("resume_stage", SQLValue(order.resumeStage)),
            ("updated_at", SQLValue(order.updatedAt)),
            ("event_count", SQLValue(order.eventCount)),
            ("lease_owner", SQLValue(order.leaseOwner)),
            ("lease_until", SQLValue(order.leaseUntil)),
            ("fence", SQLValue(order.fence)),
            ("due_at", SQLValue(order.dueAt)),
        ]
    }

    static func order(_ row: SQLRow) throws -> Order {
        let identifiers: JSONValue = try row["ca_identifiers"]
        return Order(
            id: try row["id"], reference: try row["reference"], template: try row["template"],
            backendCA: try row["backend_ca"], product: try row["product"], subscriberID: try row["subscriber_id"],
            userPrincipalName: try row["user_principal_name"], names: try row["names"], request: try row["request"],
            replaces: try row["replaces_order_id"],
            price: Money(units: try row["price"], currency: try row["currency"]),
            charged: ChargeRule(rawValue: try row["charged"] as String? ?? "") ?? .issued, stage: try row["stage"],
            attempt: try row["attempt"],
            submittedAt: try row["submitted_at"], connection: try row["connection"],
            secretsMark: try row["secrets_mark"], doubtKind: try row["doubt_kind"], doubt: try row["doubt"],
            caRequestID: try row["ca_request_id"],
            caIdentifiers: (identifiers.object ?? [:]).compactMapValues(\.string), waitingFor: try row["waiting_for"],
            detail: try row["detail"], holdReason: try row["hold_reason"],
            cancelRequested: try row["cancel_requested"], errorKind: try row["error_kind"],
            failures: try row["failures"], nextActionAt: try row["next_action_at"],
            certificateID: try row["certificate_id"], resumeStage: try row["resume_stage"],
            createdAt: try row["created_at"], updatedAt: try row["updated_at"], eventCount: try row["event_count"],
            leaseOwner: try row["lease_owner"], leaseUntil: try row["lease_until"], fence: try row["fence"])
    }
}
