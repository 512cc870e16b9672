// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

/// Open orders by what they wait for.
extension OrderLedger {
    /// How many open orders wait for what. Reads the open orders once.
    ///
    /// - Parameter filter: its template, backend CA and text count.
    public func waitingCounts(_ filter: OrderFilter = OrderFilter()) async throws -> [WaitingCount] {
        try await database.read { connection in
            var filter = filter
            filter.stages = Self.openStages
            let wait = OrderWait.expression(stopped: try Self.stoppedBackendCAs(on: connection))
            let conditions = filter.conditions
            return try connection.query(
                """
                SELECT waits_on, COUNT(*) AS all_orders, MIN(since) AS oldest, MIN(next_action_at) AS next_at \
                FROM (SELECT \(wait.text) AS waits_on, COALESCE(submitted_at, created_at) AS since, next_action_at \
                FROM orders \(conditions.clause)) open_orders GROUP BY waits_on
                """, wait.parameters + conditions.parameters
            ) { row in
                WaitingCount(
                    wait: try row["waits_on"], count: try row["all_orders"], oldest: try row["oldest"],
                    nextAt: try row["next_at"])
            }
        }
    }

    static func conditions(_ filter: OrderFilter, on connection: any SQLConnection) throws -> SQLConditions {
        filter.conditions(stopped: filter.waitsFor == nil ? [] : try stoppedBackendCAs(on: connection))
    }

    static let openStages = Set(OrderStage.allCases.filter(\.isOpen))

    /// Backend CAs whose orders do not leave before their first certificate is accepted.
    static func stoppedBackendCAs(on connection: any SQLConnection) throws -> [String] {
        try OrderTable(connection: connection, now: .distantPast).backendCAs().filter {
            try state(name(.firstCertificate, $0), on: connection) != nil
        }
    }

    /// How often CAs were asked to write again about these orders.
    public func mailReminders(_ orderIDs: [Int64]) async throws -> [Int64: MailReminder] {
        guard !orderIDs.isEmpty else { return [:] }
        return try await database.read { try Self.mailReminders(orderIDs, on: $0) }
    }

    static func mailReminders(
        _ orderIDs: [Int64], on connection: any SQLConnection
    ) throws -> [Int64: MailReminder] {
        var reminders: [Int64: MailReminder] = [:]
        for list in SQLValueList.lists(orderIDs) {
            try connection.forEachRow(
                """
                SELECT order_id, COUNT(*), MAX(occurred_at) FROM order_events \
                WHERE order_id IN (\(list.places)) AND kind = ? GROUP BY order_id
                """, list.parameters + [.text(MailReminder.event)]
            ) { reminders[try $0[0]] = MailReminder(count: try $0[1], last: try $0[2]) }
        }
        return reminders
    }

    /// When the certificates of these orders end, by order; those without one are left out.
    public func certificateEnds(_ orderIDs: [Int64]) async throws -> [Int64: Date] {
        guard !orderIDs.isEmpty else { return [:] }
        return try await database.read { connection in
            var ends: [Int64: Date] = [:]
            for list in SQLValueList.lists(orderIDs) {
                try connection.forEachRow(
                    """
                    SELECT orders.id, certificates.not_after FROM orders \
                    JOIN certificates ON certificates.id = orders.certificate_id WHERE orders.id IN (\(list.places))
                    """, list.parameters
                ) { ends[try $0[0]] = try $0[1] }
            }
            return ends
        }
    }

    /// Those of some serial numbers that a certificate has, in hexadecimal as they are stored. Index look-ups.
    public func knownSerialNumbers(_ numbers: [String]) async throws -> Set<String> {
        try await database.read { connection in
            var known: Set<String> = []
            for list in SQLValueList.lists(numbers) {
                try connection.forEachRow(
                    "SELECT DISTINCT serial_number FROM certificates WHERE serial_number IN (\(list.places))",
                    list.parameters
                ) { known.insert(try $0[0]) }
            }
            return known
        }
    }

    /// Orders of a template that have waited at their CA since before `date`, and that nobody has asked to cancel; oldest first.
    public func pending(template: String, since date: Date, limit: Int) async throws -> [Order] {
        try await orders(
            """
            WHERE template = ? AND stage = ? AND held = 0 AND submitted_at < ? AND cancel_requested = 0 \
            ORDER BY id \(database.dialect.page(limit, 0))
            """, [.text(template), SQLValue(OrderStage.pending), SQLValue(date)])
    }
}
