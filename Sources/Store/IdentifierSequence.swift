// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Integer ids from a counter row: the one way of making them that every engine has. Inside a write the row is locked, so
/// two nodes never get the same id, ids are committed in their order, and a write that fails gives its ids back.
public struct IdentifierSequence: Sendable {
    /// Name of the counter, usually that of the table.
    public let name: String

    public init(_ name: String) { self.name = name }

    /// The statement that makes the counter, for a migration: two nodes that both find none would stand in each other's way. It
    /// leaves a counter alone that is there.
    public var creation: String {
        """
        INSERT INTO id_sequences (name, last_id) SELECT '\(name)', COALESCE(MAX(last_id), 0) FROM id_sequences \
        WHERE name = '\(name)' HAVING COUNT(*) = 0
        """
    }

    /// Takes `count` ids in a row.
    ///
    /// - Returns: the first one; ids start at 1.
    public func take(_ count: Int = 1, on connection: any SQLConnection) throws -> Int64 {
        let size = Int64(count)
        try advance(by: size, on: connection)
        return try last(on: connection) - size + 1
    }

    /// Counts on without asking how far it is; `current` is the number then. Nobody else counts before the transaction ends, so this
    /// comes late in it.
    public func advance(by count: Int64 = 1, on connection: any SQLConnection) throws(StoreError) {
        let updated = try connection.execute(
            "UPDATE id_sequences SET last_id = last_id + ? WHERE name = ?", [.integer(count), .text(name)])
        guard updated == 1 else {
            throw StoreError(
                .corrupt, "the database has no counter \(name): somebody changed it by hand; restore it from a backup")
        }
    }

    /// The id handed out last, as a value among those of a single row.
    public var current: String { "(SELECT last_id FROM id_sequences WHERE name = '\(name)')" }

    /// The id handed out last; 0 before the first.
    public func last(on connection: any SQLConnection) throws -> Int64 {
        try connection.value("SELECT last_id FROM id_sequences WHERE name = ?", [.text(name)]) ?? 0
    }

    /// Keeps others from taking ids until the transaction ends.
    public func lock(on connection: any SQLConnection) throws {
        let lock = connection.dialect.rowLock
        try connection.forEachRow(
            "SELECT last_id FROM id_sequences\(lock.hint) WHERE name = ?\(lock.clause)", [.text(name)]
        ) { _ in }
    }
}
