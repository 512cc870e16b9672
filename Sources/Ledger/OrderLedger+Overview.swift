// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

/// Open orders that stand still for the same kind of reason.
public struct WaitingGroup: Sendable, Hashable {
    /// Held, and it is not known whether the CA has the order.
    public static let inDoubt = "inDoubt"
    /// Held for a person for another reason.
    public static let held = "held"
    /// The last step failed, and is tried again by itself.
    public static let failing = "failing"
    /// Nothing keeps it.
    public static let working = "working"

    /// One of the words above, or whom the CA waits for: the raw value of `PendingOrder.Party`.
    public let name: String
    public let count: Int
    /// Since when the first of them is on its way.
    public let since: Date?
}

/// Certificates of one week.
public struct WeekCount: Sendable, Hashable {
    public let start: Date
    /// First ones.
    public internal(set) var issued = 0
    /// Those in the place of another one.
    public internal(set) var renewed = 0
    /// Those in use whose validity ends in it.
    public internal(set) var ending = 0
}

extension OrderLedger {
    static let overviewMigration = Migration("ledger-overview-1") { _ in
        ["CREATE INDEX certificates_created ON certificates (created_at)"]
    }

    /// Orders by id; one look-up for all.
    public func orders(ids: Set<Int64>) async throws -> [Int64: Order] {
        guard !ids.isEmpty else { return [:] }
        let list = SQLValueList(ids.sorted())
        return try await database.read { connection in
            let orders = try connection.query(
                "SELECT \(OrderTable.names) FROM orders WHERE id IN (\(list.places))", list.parameters, OrderTable.order
            )
            return Dictionary(orders.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// What open orders wait for; reads the open orders.
    public func waitingGroups() async throws -> [WaitingGroup] {
        let open = SQLValueList(OrderStage.allCases.filter(\.isOpen).map(\.rawValue))
        return try await database.read { connection in
            try connection.query(
                """
                SELECT name, COUNT(*) AS all_orders, MIN(begun_at) AS since FROM (SELECT \
                CASE WHEN held = 1 AND doubt IS NOT NULL THEN '\(WaitingGroup.inDoubt)' \
                WHEN held = 1 THEN '\(WaitingGroup.held)' \
                WHEN error_kind IS NOT NULL THEN '\(WaitingGroup.failing)' \
                WHEN stage = 'pending' THEN COALESCE(waiting_for, 'certificateAuthority') \
                ELSE '\(WaitingGroup.working)' END AS name, COALESCE(submitted_at, created_at) AS begun_at \
                FROM orders WHERE stage IN (\(open.places))) waiting GROUP BY name
                """, open.parameters
            ) { WaitingGroup(name: try $0["name"], count: try $0["all_orders"], since: try $0["since"]) }
        }
    }

    /// Certificates by week: what was issued in the weeks before `date`, what ends in those behind it.
    ///
    /// - Parameter count: weeks on each side.
    public func weeks(around date: Date, count: Int) async throws -> [WeekCount] {
        let length = 7 * 86_400.0
        // Weeks of UTC that begin on Mondays; the first day of 1970 was a Thursday.
        let monday = ((date.timeIntervalSince1970 + 3 * 86_400) / length).rounded(.down) * length - 3 * 86_400
        let starts = (-count..<count).map { Date(timeIntervalSince1970: monday + Double($0) * length) }
        return try await database.read { connection in
            var weeks = starts.map { WeekCount(start: $0) }
            let (first, last) = (starts[0], starts[starts.count - 1] + length)
            func number(_ column: String) -> (sql: String, parameters: [SQLValue]) {
                let cases = starts.indices.map { "WHEN \(column) < ? THEN \($0)" }.joined(separator: " ")
                return ("CASE \(cases) END", starts.map { SQLValue($0 + length) })
            }
            let issued = number("c.created_at")
            try connection.forEachRow(
                """
                SELECT week, renewed, COUNT(*) FROM (SELECT \(issued.sql) AS week, \
                CASE WHEN o.replaces_order_id IS NULL THEN 0 ELSE 1 END AS renewed FROM certificates c \
                JOIN orders o ON o.id = c.order_id WHERE c.created_at >= ? AND c.created_at < ?) made GROUP BY week, renewed
                """, issued.parameters + [SQLValue(first), SQLValue(last)]
            ) { row in
                let (week, isRenewal, found): (Int, Bool, Int) = (try row[0], try row[1], try row[2])
                if isRenewal { weeks[week].renewed += found } else { weeks[week].issued += found }
            }
            let ending = number("not_after")
            try connection.forEachRow(
                """
                SELECT week, COUNT(*) FROM (SELECT \(ending.sql) AS week FROM certificates \
                WHERE status = ? AND not_after >= ? AND not_after < ?) ends GROUP BY week
                """, ending.parameters + [SQLValue(CertificateStatus.active), SQLValue(first), SQLValue(last)]
            ) { row in weeks[try row[0]].ending += try row[1] }
            return weeks
        }
    }
}
