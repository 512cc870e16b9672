// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One connection, inside the closure of `SQLDatabase.read` or `write`. Statements are prepared once and kept, so SQL text
/// is constant and every value is a parameter, written `?`.
public protocol SQLConnection: AnyObject {
    var dialect: SQLDialect { get }

    /// Runs one statement that gives no rows.
    ///
    /// - Returns: the number of rows changed.
    @discardableResult
    func execute(_ sql: String, _ parameters: [SQLValue]) throws(StoreError) -> Int

    /// Hands over the rows one by one, so that memory does not grow with their number. Not every engine can run a second
    /// statement meanwhile: `body` must not use this connection.
    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws

    /// Says by what it can be found out later whether the transaction of a write was kept; the last one counts. Without one, a server
    /// is given a receipt to keep.
    func isProved(by proof: CommitProof)
}

extension SQLConnection {
    public func isProved(by proof: CommitProof) {}

    @discardableResult
    public func execute(_ sql: String) throws(StoreError) -> Int { try execute(sql, []) }

    public func forEachRow(_ sql: String, _ body: (SQLRow) throws -> Void) throws { try forEachRow(sql, [], body) }

    /// All rows, made into values at once; for answers whose size is bounded.
    public func query<Value>(
        _ sql: String, _ parameters: [SQLValue] = [], _ make: (SQLRow) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        try forEachRow(sql, parameters) { values.append(try make($0)) }
        return values
    }

    /// All rows as they are; for answers whose size is bounded.
    public func query(_ sql: String, _ parameters: [SQLValue] = []) throws -> [SQLRow] {
        try query(sql, parameters) { $0 }
    }

    /// The first row's first column; nil without a row.
    public func value<Value: SQLRepresentable>(
        _ sql: String, _ parameters: [SQLValue] = [], as type: Value.Type = Value.self
    ) throws -> Value? {
        try query(sql, parameters) { try $0[0] as Value }.first
    }

    /// Inserts a row, or gives the row with that key the new values; one statement, atomic on every engine.
    ///
    /// - Parameters:
    ///   - key: columns of a primary key or unique index, with their values.
    ///   - values: the other columns; at least one.
    public func put(
        into table: String, key: KeyValuePairs<String, SQLValue>, values: KeyValuePairs<String, SQLValue>
    ) throws(StoreError) {
        try execute(
            dialect.upsert(table, key.map(\.key), values.map(\.key)), key.map(\.value) + values.map(\.value))
    }
}
