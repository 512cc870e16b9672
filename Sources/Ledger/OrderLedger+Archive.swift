// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
public import Records
import Store

extension OrderLedger {
    /// A part of the archive in the order of its orders; memory does not grow with the archive.
    ///
    /// - Parameters:
    ///   - orderID: only what comes after this one.
    ///   - most: entries at most.
    public func archive(after orderID: Int64 = 0, most: Int) async throws -> [ArchiveEntry] {
        try await database.read { connection in
            try connection.query(
                "\(Self.archiveRows) WHERE k.order_id > ? ORDER BY k.order_id \(connection.dialect.page(most, 0))",
                [.integer(orderID)], Self.archiveEntry)
        }
    }

    /// The entries of these orders.
    ///
    /// - Parameter orderIDs: a few hundred at most.
    public func archive(of orderIDs: [Int64]) async throws -> [ArchiveEntry] {
        guard !orderIDs.isEmpty else { return [] }
        let places = orderIDs.map { _ in "?" }.joined(separator: ", ")
        return try await database.read { connection in
            try connection.query(
                "\(Self.archiveRows) WHERE k.order_id IN (\(places)) ORDER BY k.order_id",
                orderIDs.map { .integer($0) }, Self.archiveEntry)
        }
    }

    private static let archiveRows = """
        SELECT k.order_id AS order_id, k.certificate_id AS certificate_id, c.serial_number AS serial_number, \
        c.user_principal_name AS user_principal_name, k.cms AS cms, c.der AS der FROM archived_keys k \
        JOIN certificates c ON c.id = k.certificate_id
        """

    private static func archiveEntry(_ row: SQLRow) throws -> ArchiveEntry {
        ArchiveEntry(
            orderID: try row["order_id"], certificateID: try row["certificate_id"],
            serialNumber: try row["serial_number"], subscriber: try row["user_principal_name"], cms: try row["cms"],
            certificate: try row["der"])
    }

    /// Orders whose keys are archived, in order; eight bytes each.
    public func archivedOrders() async throws -> [Int64] {
        try await database.read { connection in
            try connection.query("SELECT order_id FROM archived_keys ORDER BY order_id", []) { try $0[0] as Int64 }
        }
    }

    /// Puts other records in the place of archived ones, all or none; whatever else was done to one meanwhile stays, and its new record
    /// is dropped.
    ///
    /// - Parameters:
    ///   - records: by order, what it must be still and what it becomes.
    ///   - recipients: names of those who open it from now on.
    ///   - entry: what the audit trail says of it; with how many were replaced.
    /// - Returns: how many were replaced.
    public func replaceArchive(
        _ records: [(orderID: Int64, old: [UInt8], new: [UInt8])], recipients: [String],
        entry: @escaping @Sendable (Int) -> AuditEntry
    ) async throws -> Int {
        try await database.write { connection in
            var replaced = 0
            for record in records {
                let present = try connection.value(
                    "SELECT cms FROM archived_keys WHERE order_id = ?", [.integer(record.orderID)], as: [UInt8].self)
                guard present == record.old else { continue }
                try connection.execute(
                    "UPDATE archived_keys SET cms = ?, recipients = ? WHERE order_id = ?",
                    [.blob(record.new), SQLValue(JSONValue(recipients)), .integer(record.orderID)])
                replaced += 1
            }
            if replaced > 0 { try AuditTrail.record(entry(replaced), on: connection) }
            return replaced
        }
    }
}
