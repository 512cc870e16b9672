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
        c.user_principal_name AS user_principal_name, k.cms AS cms, k.agent_keys AS agent_keys, c.der AS der \
        FROM archived_keys k \
        JOIN certificates c ON c.id = k.certificate_id
        """

    private static func archiveEntry(_ row: SQLRow) throws -> ArchiveEntry {
        ArchiveEntry(
            orderID: try row["order_id"], certificateID: try row["certificate_id"],
            serialNumber: try row["serial_number"], subscriber: try row["user_principal_name"], cms: try row["cms"],
            keys: try AgentKeys(row), certificate: try row["der"])
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
    ///   - keys: which keys they have.
    ///   - entry: what the audit trail says of it; with how many were replaced.
    /// - Returns: how many were replaced.
    public func replaceArchive(
        _ records: [(orderID: Int64, old: [UInt8], new: [UInt8])], recipients: [String], keys: AgentKeys,
        entry: @escaping @Sendable (Int) -> AuditEntry
    ) async throws -> Int {
        let now = clock.now().roundedToMilliseconds
        return try await database.write { connection in
            var replaced = 0
            for record in records {
                let present = try connection.value(
                    "SELECT cms FROM archived_keys WHERE order_id = ?", [.integer(record.orderID)], as: [UInt8].self)
                guard present == record.old else { continue }
                try connection.execute(
                    "UPDATE archived_keys SET cms = ?, recipients = ?, agent_keys = ? WHERE order_id = ?",
                    [
                        .blob(record.new), SQLValue(JSONValue(recipients)), SQLValue(keys.json),
                        .integer(record.orderID),
                    ])
                replaced += 1
            }
            if replaced > 0 {
                try AgentKeyTable(connection: connection).note(keys, at: now)
                try AuditTrail.record(entry(replaced), on: connection)
            }
            return replaced
        }
    }

    /// Notes that archived records did open with a key: what was not known of them, or known otherwise, is known now.
    ///
    /// - Parameters:
    ///   - records: by order, as they were when they were opened; one that was replaced since is left alone.
    ///   - keys: whoever has opened them.
    public func noteOpened(_ records: [ArchiveEntry], with keys: AgentKeys) async throws {
        let news = records.filter { $0.keys.merging(keys) != $0.keys }
        guard !news.isEmpty else { return }
        let now = clock.now().roundedToMilliseconds
        try await database.write { connection in
            for record in news {
                let present = try connection.value(
                    "SELECT cms FROM archived_keys WHERE order_id = ?", [.integer(record.orderID)], as: [UInt8].self)
                guard present == record.cms else { continue }
                try connection.execute(
                    "UPDATE archived_keys SET agent_keys = ? WHERE order_id = ?",
                    [SQLValue(record.keys.merging(keys).json), .integer(record.orderID)])
            }
            try AgentKeyTable(connection: connection).note(keys, at: now)
        }
    }

    /// How many archived keys open with none of these. What an older program has archived, of which that is not known, does not count.
    ///
    /// - Parameter keys: digests of agents' public keys.
    /// - Throws: `StoreError`. Reads a column of the whole archive.
    public func archivedKeys(openedByNoneOf keys: Set<String>) async throws -> Int {
        try await database.read { connection in
            try connection.query(
                "SELECT agent_keys, COUNT(*) AS number FROM archived_keys WHERE agent_keys IS NOT NULL GROUP BY agent_keys"
            ) { row -> Int in
                let known = try AgentKeys(row).pairs.map(\.key)
                return try known.isEmpty || known.contains(where: keys.contains) ? 0 : row["number"]
            }.reduce(0, +)
        }
    }

    /// The keys to which records of this archive are, or were, encrypted for who goes by this name in them; empty for one that is not known.
    ///
    /// - Parameter name: as in `AgentKeys`.
    public func agentKeys(of name: String) async throws -> Set<String> {
        try await database.read { try AgentKeyTable(connection: $0).keys(of: name) }
    }
}
