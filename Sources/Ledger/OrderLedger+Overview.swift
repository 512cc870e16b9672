// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Store

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
