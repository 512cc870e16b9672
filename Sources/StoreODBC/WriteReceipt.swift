// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// A row that a transaction writes as its last act, so that it can be found out whether a COMMIT whose confirmation was lost has
/// been done. The table is made by the Migrator; before that there are no receipts.
struct WriteReceipt: Sendable {
    static let table = "write_receipts"
    /// Who asks later than this is told that the answer is not known.
    private static let lifetime: TimeInterval = 24 * 60 * 60

    let id = UUID().uuidString.lowercased()

    /// Part of the transaction.
    func write(on connection: ODBCConnection) throws(StoreError) { try insert(isCommitted: true, on: connection) }

    private func insert(isCommitted: Bool, on connection: ODBCConnection) throws(StoreError) {
        try connection.execute(
            "INSERT INTO write_receipts (id, written_at, is_committed) VALUES (?, ?, ?)",
            [.text(id), SQLValue(Date()), SQLValue(isCommitted)])
    }

    /// Finds out, on a connection of its own, whether the transaction was committed; or sees to it that it never will be, by
    /// taking the place of its row. While the old session still lives, the server lets us wait for it.
    ///
    /// - Returns: nil when it cannot be said yet.
    func isCommitted(on connection: ODBCConnection) -> Bool? {
        connection.beginTransaction()
        do {
            try insert(isCommitted: false, on: connection)
            try connection.commit()
            return false
        } catch {
            guard connection.failure?.kind == .constraint, connection.rollback() else { return nil }
        }
        defer { _ = connection.rollback() }
        // A row of another try to find out says 0.
        return try? connection.value("SELECT is_committed FROM write_receipts WHERE id = ?", [.text(id)])
    }

    /// Whether the table is there.
    static func areKept(on connection: ODBCConnection) throws -> Bool {
        let schema =
            switch connection.address.family {
            case .mysql: "DATABASE()"
            case .postgresql: "CURRENT_SCHEMA()"
            case .sqlserver: "SCHEMA_NAME()"
            }
        let count: Int? = try connection.value(
            "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = ? AND TABLE_SCHEMA = \(schema)",
            [.text(table)])
        return count != 0
    }

    /// Deletes those that nobody asks for any more.
    static func deleteOld(on connection: ODBCConnection) throws(StoreError) {
        try connection.execute(
            "DELETE FROM write_receipts WHERE written_at < ?", [SQLValue(Date(timeIntervalSinceNow: -lifetime))])
    }
}
