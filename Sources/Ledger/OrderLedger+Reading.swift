// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Store

extension OrderLedger {
    public func order(_ id: Int64) async throws -> Order? {
        try await orders("WHERE id = ?", [.integer(id)]).first
    }

    public func order(reference: String) async throws -> Order? {
        try await orders("WHERE reference = ?", [.text(reference)]).first
    }

    public func orders(_ filter: OrderFilter = OrderFilter()) async throws -> [Order] {
        let now = now()
        return try await database.read { connection in
            let conditions = try Self.conditions(filter, on: connection)
            let page = connection.dialect.page(filter.limit, filter.offset)
            var orders = try OrderTable(connection: connection, now: now).all(
                "\(conditions.clause) ORDER BY id DESC \(page)", conditions.parameters)
            try Self.noteWaiting(&orders, on: connection)
            return orders
        }
    }

    func orders(_ clauses: String, _ parameters: [SQLValue]) async throws -> [Order] {
        let now = now()
        return try await database.read { connection in
            var orders = try OrderTable(connection: connection, now: now).all(clauses, parameters)
            try Self.noteWaiting(&orders, on: connection)
            return orders
        }
    }

    /// The timeline of an order, oldest first.
    public func events(_ orderID: Int64) async throws -> [OrderEvent] {
        try await database.read { connection in
            try connection.query(
                "SELECT \(Self.eventColumns) FROM order_events WHERE order_id = ? ORDER BY sequence_number",
                [.integer(orderID)], Self.event)
        }
    }

    static let eventColumns = "order_id, sequence_number, occurred_at, stage, kind, message, data, node, fence"

    static func event(_ row: SQLRow) throws -> OrderEvent {
        OrderEvent(
            orderID: try row["order_id"], sequence: try row["sequence_number"], at: try row["occurred_at"],
            stage: try row["stage"], kind: try row["kind"], message: try row["message"], data: try row["data"],
            node: try row["node"], fence: try row["fence"])
    }

    /// The names under which the certificate of an order has left for delivery, oldest first: `OrderChange.delivering(to:)` says each
    /// of them before anything leaves.
    public func deliveryNames(_ orderID: Int64) async throws -> [String] {
        try await facts(of: OrderChange.deliveringKind, orderID).compactMap { $0["userPrincipalName"]?.string }
    }

    /// Whether `OrderChange.strayed` has said of each of these uploads that it was with somebody else.
    public func hasStrayed(_ orderID: Int64, _ records: [String]) async throws -> Bool {
        let known = try await facts(of: OrderChange.strayedKind, orderID).flatMap {
            $0["records"]?.array?.compactMap(\.string) ?? []
        }
        return Set(records).isSubset(of: known)
    }

    /// What the events of a kind say for programs; reads those alone and not a timeline of weeks.
    private func facts(of kind: String, _ orderID: Int64) async throws -> [JSONValue] {
        try await database.read { connection in
            try connection.query(
                "SELECT data FROM order_events WHERE order_id = ? AND kind = ? ORDER BY sequence_number",
                [.integer(orderID), .text(kind)]
            ) { try $0["data"] }
        }
    }

    /// Reference of an open order, held or not, that the same CA knows by this id already; nil for none. Reads an index.
    ///
    /// - Parameters:
    ///   - orderID: the order that is not meant.
    ///   - amongEnded: whether one that has ended counts, too.
    public func openOrder(
        withCARequestID id: String, backendCA: String, besides orderID: Int64, amongEnded: Bool = false
    ) async throws -> String? {
        let stages = OrderStage.allCases.filter { amongEnded || $0.isOpen }
        return try await database.read { connection in
            try connection.value(
                """
                SELECT MIN(reference) FROM orders WHERE backend_ca = ? AND ca_request_id = ? AND id <> ? \
                AND stage IN (\(stages.map { _ in "?" }.joined(separator: ", ")))
                """, [.text(backendCA), .text(id), .integer(orderID)] + stages.map { SQLValue($0) }, as: String?.self)
                ?? nil
        }
    }

    /// Requests that have left for a CA, or were about to, ever; 0 before the first.
    public func submissionCount() async throws -> Int64 {
        try await database.read { try Self.submissions.last(on: $0) }
    }

    /// What keeps orders from becoming certificates: those whose last step failed, those whose answer is not known, those
    /// that wait before they are placed again, those held for a person, and those that the CA has ended, by backend CA and
    /// cause, most orders first. Reads the orders once.
    ///
    /// - Parameter date: since when an end counts.
    public func obstacles(since date: Date, limit: Int = 100) async throws -> [OrderObstacle] {
        let open = OrderStage.allCases.filter(\.isOpen)
        let stages = open.map { _ in "?" }.joined(separator: ", ")
        let now = now()
        let found = try await database.read { connection in
            try connection.query(
                """
                SELECT backend_ca, side, kind, held, cause, COUNT(*) AS all_orders, MIN(reference) AS example, \
                MIN(ca_request_id) AS example_id, MAX(updated_at) AS tried_at, MIN(next_action_at) AS next_at \
                FROM ( SELECT backend_ca, held, reference, ca_request_id, updated_at, next_action_at, \
                CASE WHEN error_kind IS NOT NULL THEN error_kind WHEN doubt IS NOT NULL THEN 'outcomeUnknown' \
                WHEN held = 1 THEN NULL WHEN stage = 'submitted' THEN 'outcomeUnknown' ELSE 'transient' END AS kind, \
                CASE WHEN held = 1 THEN hold_reason WHEN error_kind IS NOT NULL THEN detail \
                WHEN doubt IS NOT NULL THEN doubt WHEN stage = 'submitted' \
                THEN 'it is not known what became of the call to the CA' ELSE detail END AS cause, \
                CASE WHEN stage IN ('rejected', 'cancelled') THEN 'ended' \
                WHEN stage IN ('issued', 'delivered', 'published') THEN 'delivery' \
                ELSE 'certificateAuthority' END AS side FROM orders \
                WHERE (held = 1 OR error_kind IS NOT NULL OR doubt IS NOT NULL \
                OR (attempt > 0 AND stage IN ('keyed', 'submitted') AND next_action_at > ?)) \
                AND (stage IN (\(stages)) OR updated_at >= ?)) causes GROUP BY backend_ca, side, kind, held, cause
                """, [SQLValue(now)] + open.map { SQLValue($0) } + [SQLValue(date)]
            ) { row in
                let obstacle = OrderObstacle(
                    backendCA: try row["backend_ca"],
                    side: OrderObstacle.Side(rawValue: try row["side"]) ?? .certificateAuthority,
                    errorKind: try row["kind"], isHeld: try row["held"],
                    cause: try row["cause"] ?? "", count: try row["all_orders"], example: try row["example"],
                    triedAt: try row["tried_at"], nextAt: try row["next_at"])
                return (obstacle: obstacle, caRequestID: try row["example_id"] as String?)
            }
        }
        let merged = OrderObstacle.merged(found).sorted { ($1.count, $0.cause) < ($0.count, $1.cause) }
        return Array(merged.prefix(limit))
    }

    /// Orders that a CA has had since before `date` and that wait there, by whom they wait for, most first. Those that are held
    /// or whose last step failed are obstacles already.
    public func overdue(since date: Date, backendCA: String) async throws -> [OverdueOrders] {
        try await database.read { connection in
            try connection.query(
                """
                SELECT waiting_for, COUNT(*) AS all_orders, MIN(reference) AS example FROM orders \
                WHERE backend_ca = ? AND stage = ? AND submitted_at < ? AND held = 0 AND error_kind IS NULL \
                GROUP BY waiting_for
                """, [.text(backendCA), SQLValue(OrderStage.pending), SQLValue(date)]
            ) { row in
                OverdueOrders(
                    waitingFor: try row["waiting_for"], count: try row["all_orders"], example: try row["example"])
            }
        }.sorted { ($1.count, $0.example) < ($0.count, $1.example) }
    }

    public func certificate(_ id: Int64) async throws -> CertificateRecord? {
        try await certificates("WHERE id = ?", [.integer(id)]).first
    }

    public func certificates(_ filter: CertificateFilter = CertificateFilter()) async throws -> [CertificateRecord] {
        let (conditions, page) = (filter.conditions, database.dialect.page(filter.limit, filter.offset))
        return try await certificates("\(conditions.clause) ORDER BY id DESC \(page)", conditions.parameters)
    }

    func certificates(_ clauses: String, _ parameters: [SQLValue]) async throws -> [CertificateRecord] {
        let now = now()
        return try await database.read { try CertificateTable(connection: $0, now: now).all(clauses, parameters) }
    }

    /// The key pair of an order; nil before the stage `keyed`.
    public func key(orderID: Int64) async throws -> OrderKey? {
        try await database.read { try OrderKeyTable(connection: $0).key(of: orderID) }
    }

    /// The newest key that is still sealed, with the reference of its order; nil when every one is erased.
    public func newestSealedKey() async throws -> (reference: String, bytes: [UInt8])? {
        try await database.read { try OrderKeyTable(connection: $0).newestSealed() }
    }

    public func archivedKey(orderID: Int64) async throws -> ArchivedKey? {
        try await archivedKey("order_id", orderID)
    }

    public func archivedKey(certificateID: Int64) async throws -> ArchivedKey? {
        try await archivedKey("certificate_id", certificateID)
    }

    private func archivedKey(_ column: String, _ id: Int64) async throws -> ArchivedKey? {
        try await database.read { connection in
            try connection.query(
                """
                SELECT order_id, certificate_id, cms, recipients, agent_keys, created_at FROM archived_keys \
                WHERE \(column) = ?
                """, [.integer(id)]
            ) { row in
                ArchivedKey(
                    orderID: try row["order_id"], certificateID: try row["certificate_id"], cms: try row["cms"],
                    recipients: try row["recipients"], keys: try AgentKeys(row), createdAt: try row["created_at"])
            }.first
        }
    }
}
