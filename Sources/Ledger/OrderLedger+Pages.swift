// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// What the objects of a page need beside themselves: a question or two for all of them.
extension OrderLedger {
    /// Orders by their numbers; those that there are not are left out.
    public func orders(ids: [Int64]) async throws -> [Int64: Order] {
        let now = now()
        let ids = Set(ids).sorted()
        return try await database.read { connection in
            let table = OrderTable(connection: connection, now: now)
            var found: [Int64: Order] = [:]
            for list in SQLValueList.lists(ids) {
                for order in try table.all("WHERE id IN (\(list.places))", list.parameters) { found[order.id] = order }
            }
            return found
        }
    }

    /// Certificates by their numbers, each once and in the order in which they are named; those that there are not are left out. One
    /// question for each `SQLValueList.longest` of them.
    public func certificates(ids: [Int64]) async throws -> [CertificateRecord] {
        let now = now()
        var seen: Set<Int64> = []
        let ids = ids.filter { seen.insert($0).inserted }
        return try await database.read { connection in
            let table = CertificateTable(connection: connection, now: now)
            var found: [Int64: CertificateRecord] = [:]
            for list in SQLValueList.lists(ids) {
                for record in try table.all("WHERE id IN (\(list.places))", list.parameters) {
                    found[record.id] = record
                }
            }
            return ids.compactMap { found[$0] }
        }
    }

    /// The last event of some kinds of each of these orders; those without one are left out. Reads their timelines, without a question
    /// for each.
    ///
    /// - Parameters:
    ///   - kinds: as `OrderEvent.kind`, such as "delivered".
    ///   - isMeant: which of them count.
    public func lastEvents(
        of kinds: [String], orderIDs: [Int64], where isMeant: @escaping @Sendable (OrderEvent) -> Bool = { _ in true }
    ) async throws -> [Int64: OrderEvent] {
        let ids = Set(orderIDs).sorted()
        return try await database.read { connection in
            var found: [Int64: OrderEvent] = [:]
            for list in SQLValueList.lists(ids) {
                try connection.forEachRow(
                    """
                    SELECT \(Self.eventColumns) FROM order_events WHERE order_id IN (\(list.places)) \
                    AND kind IN (\(kinds.map { _ in "?" }.joined(separator: ", "))) ORDER BY order_id, sequence_number
                    """, list.parameters + kinds.map { .text($0) }
                ) { row in
                    let event = try Self.event(row)
                    if isMeant(event) { found[event.orderID] = event }
                }
            }
            return found
        }
    }

    /// Which of these orders have a key that the gateway has not erased: by its newest one.
    public func ordersWithKey(among orderIDs: [Int64]) async throws -> Set<Int64> {
        let ids = Set(orderIDs).sorted()
        return try await database.read { connection in
            var isErased: [Int64: Bool] = [:]
            for list in SQLValueList.lists(ids) {
                try connection.forEachRow(
                    "SELECT order_id, erased FROM order_keys WHERE order_id IN (\(list.places)) ORDER BY order_id, id",
                    list.parameters
                ) { isErased[try $0[0]] = try $0[1] }
            }
            return Set(isErased.filter { !$0.value }.keys)
        }
    }

    /// Which of these certificates have their key in the archive.
    public func archivedCertificates(among ids: [Int64]) async throws -> Set<Int64> {
        let ids = Set(ids).sorted()
        return try await database.read { connection in
            var found: Set<Int64> = []
            for list in SQLValueList.lists(ids) {
                try connection.forEachRow(
                    "SELECT certificate_id FROM archived_keys WHERE certificate_id IN (\(list.places))", list.parameters
                ) { found.insert(try $0[0]) }
            }
            return found
        }
    }

    /// What stands against another order in the place of each of these ended ones: a newer one, by the number of the ended one. Two
    /// index look-ups each.
    public func ordersInTheWay(of ended: [Order]) async throws -> [Int64: LedgerError] {
        guard !ended.isEmpty else { return [:] }
        let now = now()
        return try await database.read { connection in
            let table = OrderTable(connection: connection, now: now)
            var found: [Int64: LedgerError] = [:]
            for order in ended {
                found[order.id] = try table.obstacle(order.template, order.subscriberID, replacing: order.replaces)
            }
            return found
        }
    }
}
