// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Records
public import Store

extension OrderLedger {
    /// Puts the intent on record.
    ///
    /// - Throws: `LedgerError.alreadyOpen` or `.alreadyActive` with the order that stands in the way.
    public func plan(_ new: NewOrder) async throws -> Order {
        let now = now()
        return try await writeBesideOthers { connection in
            let table = OrderTable(connection: connection, now: now)
            let earlier = try EarlierOrders(of: [new], on: connection)
            if let obstacle = earlier.obstacle(to: new) { throw try table.error(obstacle, new) }
            let secret = try OrderReference.secret(on: connection)
            return try table.insert([(new, earlier.reference(for: new, secret: secret))])[0]
        }
    }

    /// Puts many intents on record in one transaction and leaves out those that `plan(_:)` would refuse. A batch holds up
    /// other writers while it runs; 500 orders are a good size.
    ///
    /// - Parameters:
    ///   - lease: the right to plan, where several nodes may have it; one that is lost makes nothing.
    ///   - bounds: what orders may cost together; what goes beyond is left out.
    /// - Returns: also whom a bound has kept, by object id.
    /// - Throws: `LedgerError.notInCharge`.
    public func plan(
        batch: [NewOrder], under lease: NodeLease? = nil, within bounds: [SpendingBound] = []
    ) async throws -> (made: [Order], skipped: Int, overBudget: Set<String>) {
        let now = now()
        return try await writeBesideOthers { connection in
            try lease?.require(on: connection)
            let table = OrderTable(connection: connection, now: now, node: lease?.owner)
            var earlier = try EarlierOrders(of: batch, on: connection)
            let secret = try OrderReference.secret(on: connection)
            var allowed: [OrderTable.Intent] = []
            let free = batch.filter { earlier.obstacle(to: $0) == nil }
            // Two intents of a batch may be for the same.
            let affordable = try SpendingBound.within(bounds, free, on: connection)
            for new in affordable where earlier.obstacle(to: new) == nil {
                let reference = earlier.reference(for: new, secret: secret)
                allowed.append((new, reference))
                earlier.add(new, reference: reference.text)
            }
            let kept = Set(free.map(\.subscriberID)).subtracting(affordable.map(\.subscriberID))
            return (try table.insert(allowed), batch.count - allowed.count, kept)
        }
    }

    /// Another node may put the same intent on record after this one has looked: a unique key refuses one of them, which then looks
    /// again.
    func writeBesideOthers<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        do {
            return try await database.write(body)
        } catch let error as StoreError where error.code == .constraint {
            return try await database.write(body)
        }
    }

    /// Where each of these subscribers stands with a template; those without any order are left out. Index look-ups only, and two
    /// questions for some hundred subscribers.
    public func standings(
        template: String, subscriberIDs: [String]
    ) async throws -> [String: SubscriberStanding] {
        let now = now()
        return try await database.read { connection in
            let table = OrderTable(connection: connection, now: now)
            var standings: [String: SubscriberStanding] = [:]
            for list in SQLValueList.lists(subscriberIDs) {
                let orders = try table.all(
                    "WHERE template = ? AND subscriber_id IN (\(list.places)) ORDER BY id DESC",
                    [.text(template)] + list.parameters)
                for (subscriberID, orders) in Dictionary(grouping: orders, by: \.subscriberID) {
                    standings[subscriberID] = try table.standing(of: orders)
                }
            }
            let ids = standings.values.flatMap { standing in
                [standing.certificateID, standing.inUse?.certificateID].compactMap(\.self)
                    + standing.superseded.map(\.certificateID)
            }
            var known: [Int64: (notBefore: Date, notAfter: Date, isSuperseded: Bool)] = [:]
            for list in SQLValueList.lists(ids) {
                try connection.forEachRow(
                    "SELECT id, not_before, not_after, status FROM certificates WHERE id IN (\(list.places))",
                    list.parameters
                ) { known[try $0[0]] = (try $0[1], try $0[2], try $0[3] == CertificateStatus.superseded) }
            }
            for (subscriberID, standing) in standings {
                let own = standing.certificateID.flatMap { known[$0] }
                standings[subscriberID]?.notBefore = own?.notBefore
                standings[subscriberID]?.notAfter = own?.notAfter
                if let beside = standing.activeBeside.first?.certificateID.flatMap({ known[$0] }) {
                    standings[subscriberID]?.activeBeside[0].notBefore = beside.notBefore
                    standings[subscriberID]?.activeBeside[0].notAfter = beside.notAfter
                }
                standings[subscriberID]?.superseded = standing.superseded.compactMap { certificate in
                    guard let found = known[certificate.certificateID], found.isSuperseded, found.notAfter > now else {
                        return nil
                    }
                    return certificate
                }
            }
            return standings
        }
    }

    /// Every certificate that these people ever had by the template, whatever it is worth now.
    public func certificateIDs(template: String, subscriberIDs: [String]) async throws -> [String: [Int64]] {
        try await database.read { connection in
            var ids: [String: [Int64]] = [:]
            for list in SQLValueList.lists(subscriberIDs) {
                try connection.forEachRow(
                    """
                    SELECT subscriber_id, certificate_id FROM orders WHERE template = ? AND subscriber_id IN (\(list.places)) \
                    AND certificate_id IS NOT NULL ORDER BY id
                    """, [.text(template)] + list.parameters
                ) { ids[try $0[0], default: []].append(try $0[1]) }
            }
            return ids
        }
    }

    /// Whether a certificate of the template is in use; one index look-up.
    public func isInUse(template: String) async throws -> Bool {
        try await database.read { connection in
            try connection.value(
                "SELECT 1 FROM orders WHERE template = ? AND stage = ? ORDER BY id \(connection.dialect.page(1, 0))",
                [.text(template), SQLValue(OrderStage.active)], as: Int.self) != nil
        }
    }

    /// The changes of standing in a template behind `number`, oldest first; one index range.
    public func standingChanges(template: String, after number: Int64, limit: Int) async throws -> [StandingChange] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT number, subscriber_id FROM standing_changes WHERE template = ? AND number > ? \
                ORDER BY number \(connection.dialect.page(limit, 0))
                """, [.text(template), .integer(number)]
            ) { StandingChange(number: try $0[0], subscriberID: try $0[1]) }
        }
    }

    /// Tells planners to look again at these people, whose wanted state has changed.
    public static func noteStandings(
        _ people: [(template: String, subscriberID: String)], on connection: any SQLConnection
    ) throws {
        guard !people.isEmpty else { return }
        let first = try OrderTable.standingChanges.take(people.count, on: connection)
        try connection.insert(
            into: "standing_changes", ["template", "number", "subscriber_id"],
            rows: people.enumerated().map { index, person in
                [.text(person.template), .integer(first + Int64(index)), .text(person.subscriberID)]
            })
    }

    /// Number of the last change of standing of any template; 0 before the first.
    public func lastStandingChange() async throws -> Int64 {
        try await database.read { try OrderTable.standingChanges.last(on: $0) }
    }
}

extension OrderTable {
    static let standingChanges = IdentifierSequence("standing_changes")

    /// Tells planners that they must look at the orders' subscribers again.
    func noteStandings(of orders: [Order]) throws {
        guard orders.count == 1 else {
            return try OrderLedger.noteStandings(orders.map { ($0.template, $0.subscriberID) }, on: connection)
        }
        // Without a question for the number.
        let order = orders[0]
        try Self.standingChanges.advance(on: connection)
        try connection.execute(
            """
            INSERT INTO standing_changes (template, number, subscriber_id) \
            VALUES (?, \(Self.standingChanges.current), ?)
            """, [.text(order.template), .text(order.subscriberID)])
    }

    /// - Parameter orders: all of one subscriber and template, newest first; at least one.
    fileprivate func standing(of orders: [Order]) throws -> SubscriberStanding {
        let order = orders.first(where: \.stage.isOpen) ?? orders.first(where: { $0.stage == .active }) ?? orders[0]
        var attempt: [SubscriberStanding] = []
        if order.stage == .active, orders[0].id != order.id {
            attempt = [try standing(of: Array(orders.prefix { $0.id != order.id }))]
        }
        var beside: [SubscriberStanding] = []
        if order.stage.isOpen, let active = orders.first(where: { $0.stage == .active }) {
            beside = [try standing(of: [active])]
        }
        return SubscriberStanding(
            subscriberID: order.subscriberID, userPrincipalName: order.userPrincipalName, orderID: order.id,
            reference: order.reference,
            backendCA: order.backendCA,
            product: order.product, names: order.names, stage: order.stage, isHeld: order.isHeld,
            createdAt: order.createdAt, updatedAt: order.updatedAt,
            certificateID: order.certificateID, newestOrderID: orders[0].id,
            ending: try ending(of: order, among: orders), attempt: attempt, activeBeside: beside,
            superseded: orders.compactMap { order in
                guard order.stage == .superseded, let id = order.certificateID else { return nil }
                return SupersededCertificate(
                    orderID: order.id, certificateID: id, reference: order.reference, backendCA: order.backendCA,
                    product: order.product, names: order.names)
            },
            purchases: orders.lazy.filter { $0.certificateID != nil }.map(\.createdAt).prefix(
                SubscriberStanding.mostPurchases
            ).map(\.self))
    }

    /// - Parameter orders: all of the subscriber and template, newest first.
    private func ending(of order: Order, among orders: [Order]) throws -> OrderEnding? {
        if order.stage == .revoked {
            guard try !wasInUse(order) else { return nil }
        } else {
            guard order.certificateID == nil, [.cancelled, .rejected, .failed].contains(order.stage) else { return nil }
        }
        let (cause, event) = try cause(of: order)
        var attempts = orders.filter { $0.stage != .cancelled }.prefix {
            ($0.stage == .rejected || $0.stage == .failed) && $0.asksForTheSame(as: order)
        }.count
        if cause == .lapsed || cause == .withdrawn {
            // After a few nobody orders by himself anyway.
            attempts = try orders.prefix(Self.mostAttempts).prefix {
                try $0.certificateID == nil && $0.stage == .cancelled && $0.asksForTheSame(as: order)
                    && self.cause(of: $0).cause == cause
            }.count
        } else if cause == .unused {
            attempts = try orders.prefix(Self.mostAttempts).prefix {
                try $0.stage == .revoked && $0.asksForTheSame(as: order) && !wasInUse($0)
            }.count
        }
        return OrderEnding(
            cause: cause, reason: event?.message ?? order.detail ?? "", at: event?.at ?? order.updatedAt,
            names: order.names, request: order.request, attempts: max(1, attempts))
    }

    private static let mostAttempts = 10

    /// Whether the certificate of an order has ever been in use.
    private func wasInUse(_ order: Order) throws -> Bool {
        try connection.value(
            "SELECT 1 FROM order_events WHERE order_id = ? AND stage = ? ORDER BY sequence_number \(connection.dialect.page(1, 0))",
            [.integer(order.id), SQLValue(OrderStage.active)], as: Int.self) != nil
    }

    private typealias Ended = (kind: String, message: String, at: Date, stage: OrderStage, data: JSONValue)

    /// Who has ended an order without a certificate, and the event that tells of it.
    private func cause(of order: Order) throws -> (cause: OrderEnding.Cause, event: Ended?) {
        // Newest first. Notes may have followed the event that ended it, and a failed order may have been retried and failed again.
        let events: [Ended] = try connection.query(
            """
            SELECT kind, message, occurred_at, stage, data FROM order_events WHERE order_id = ? \
            ORDER BY sequence_number DESC
            """,
            [.integer(order.id)]
        ) { (try $0[0], try $0[1], try $0[2], try $0[3], try $0[4]) }
        let event = events.prefix { $0.stage == order.stage }.last
        switch order.stage {
        case .rejected: return (.rejected, event)
        case .failed: return (.failed, event)
        case .revoked: return (.unused, event)
        default: break
        }
        if event?.kind == OrderEnding.withdrawnEvent { return (.withdrawn, event) }
        // The last word that was given, unless the CA has refused to cancel it since.
        let words = ["cancelRequested", "cancelRefused", OrderEnding.lapsedEvent]
        let asked = events.first { words.contains($0.kind) }
        switch asked?.kind {
        case OrderEnding.lapsedEvent?: return (.lapsed, asked)
        case "cancelRequested"?:
            guard asked?.data["by"]?.string == OrderLedger.planner else { return (.cancelled, event) }
            return (.withdrawn, asked)
        default: return (event?.data["by"]?.string == nil ? .lapsed : .cancelled, event)
        }
    }

    /// The words for what stands in the way of an intent.
    func error(_ obstacle: EarlierOrders.Obstacle, _ new: NewOrder) throws -> LedgerError {
        switch obstacle {
        case .open(let id): return .alreadyOpen(try locked(id))
        case .active(let id): return .alreadyActive(try locked(id))
        case .newer(let id):
            return .notPossible(
                "\(new.userPrincipalName) has had the order \(try reference(of: id)) since this one was decided on: plan again"
            )
        }
    }

    /// The order that forbids planning another one: an open one, or an active one that is not to be replaced.
    func obstacle(_ template: String, _ subscriberID: String, replacing: Int64?) throws -> LedgerError? {
        let openKey = Order.openKey(template: template, subscriberID: subscriberID)
        if let open = try first(where: "open_key = ?", [.text(openKey)]) { return .alreadyOpen(open) }
        let active = try first(
            where: "template = ? AND subscriber_id = ? AND stage = ?",
            [.text(template), .text(subscriberID), SQLValue(OrderStage.active)])
        if let active, active.id != replacing { return .alreadyActive(active) }
        return nil
    }

    /// An intent, and its reference with the ended order that held it before.
    typealias Intent = (new: NewOrder, reference: (text: String, former: Int64?))

    /// Puts intents on record, all of them with a few statements.
    func insert(_ intents: [Intent]) throws -> [Order] {
        guard !intents.isEmpty else { return [] }
        let intents = try intents.map { intent in
            guard let former = intent.reference.former else { return intent }
            var intent = intent
            // What the intent says of the former order is to lead to it all the same.
            intent.new.reason = intent.new.reason.replacing(
                intent.reference.text, with: try giveUpReference(of: former))
            return intent
        }
        let first = try Self.ids.take(intents.count, on: connection)
        let orders = intents.enumerated().map { index, intent in
            let new = intent.new
            return Order(
                id: first + Int64(index),
                reference: intent.reference.text,
                template: new.template, backendCA: new.backendCA, product: new.product, subscriberID: new.subscriberID,
                userPrincipalName: connection.dialect.cut(new.userPrincipalName, to: 320), names: new.names,
                request: new.request, replaces: new.replaces, price: new.price, charged: new.charged, stage: .planned,
                attempt: 0, caIdentifiers: [:],
                detail: new.reason, cancelRequested: false, failures: 0,
                nextActionAt: new.nextActionAt?.roundedToMilliseconds, createdAt: now, updatedAt: now, eventCount: 1,
                fence: 0)
        }
        try insert(orders, intents.map { OrderChange.Event(kind: "planned", message: $0.new.reason, data: [:]) })
        try AuditTrail.record(zip(orders, intents).map { $0.audited($1.new) }, on: connection)
        return orders
    }

    /// Gives an order that has ended and never left another reference: its own is the next one's.
    ///
    /// - Returns: its new one.
    private func giveUpReference(of id: Int64) throws -> String {
        let before = try locked(id)
        var after = before
        after.reference = OrderReference.random()
        try connection.execute(
            "UPDATE orders SET reference = ? WHERE id = ?", [.text(after.reference), .integer(id)])
        let event = OrderChange.Event(
            kind: "renamed",
            message:
                "never left, so its reference \(before.reference) is that of the next order for the same; this one is "
                + "\(after.reference) now",
            data: ["former": .string(before.reference)])
        return try save(before, as: after, [event]).reference
    }
}

extension Order {
    /// Whether it would lead to the same certificate, whatever capitals its names have: none is refused for those.
    fileprivate func asksForTheSame(as other: Order) -> Bool {
        backendCA == other.backendCA && product == other.product && request == other.request
            && (names == other.names || names.text.lowercased() == other.names.text.lowercased())
    }
}
