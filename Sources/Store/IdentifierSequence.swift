// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Integer ids from a counter row: the one way of making them that every engine has. Inside a write the row is locked, so
/// two nodes never get the same id; a write that fails gives its ids back.
public struct IdentifierSequence: Sendable {
    /// Name of the counter, usually that of the table.
    public let name: String

    public init(_ name: String) { self.name = name }

    /// Takes `count` ids in a row.
    ///
    /// - Returns: the first one; ids start at 1.
    public func take(_ count: Int = 1, on connection: any SQLConnection) throws -> Int64 {
        let size = Int64(count)
        let updated = try connection.execute(
            "UPDATE id_sequences SET last_id = last_id + ? WHERE name = ?", [.integer(size), .text(name)])
        if updated == 0 {
            try connection.execute(
                "INSERT INTO id_sequences (name, last_id) VALUES (?, ?)", [.text(name), .integer(size)])
        }
        return try last(on: connection) - size + 1
    }

    /// The id handed out last; 0 before the first.
    public func last(on connection: any SQLConnection) throws -> Int64 {
        try connection.value("SELECT last_id FROM id_sequences WHERE name = ?", [.text(name)]) ?? 0
    }
}
