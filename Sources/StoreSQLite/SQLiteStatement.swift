// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CSQLite
import Store

/// Owns one prepared statement.
final class SQLiteStatement {
    let sql: String
    private let pointer: OpaquePointer
    private var columns = SQLColumns([])

    init(_ sql: String, on connection: OpaquePointer?) throws(SQLiteFailure) {
        self.sql = sql
        var pointer: OpaquePointer?
        var isWhole = true
        let status = sql.withCString { text in
            var rest: UnsafePointer<CChar>?
            let status = sqlite3_prepare_v3(connection, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, &rest)
            isWhole = rest.map { $0.pointee == 0 } ?? true
            return status
        }
        guard status == SQLITE_OK else { throw SQLiteFailure(status: status) }
        precondition(isWhole, "one statement at a time: \(sql)")
        guard let pointer else { preconditionFailure("an empty statement") }
        self.pointer = pointer
    }

    deinit { sqlite3_finalize(pointer) }

    func bind(_ values: [SQLValue]) throws(SQLiteFailure) {
        precondition(
            values.count == Int(sqlite3_bind_parameter_count(pointer)), "\(values.count) parameters for: \(sql)")
        for (value, place) in zip(values, Int32(1)...) {
            let status =
                switch value {
                case .null: sqlite3_bind_null(pointer, place)
                case .integer(let number): sqlite3_bind_int64(pointer, place, number)
                case .real(let number): sqlite3_bind_double(pointer, place, number)
                case .text(let text):
                    text.withCString {
                        sqlite3_bind_text64(
                            pointer, place, $0, sqlite3_uint64(text.utf8.count), transient, UInt8(SQLITE_UTF8))
                    }
                case .blob(let bytes):
                    bytes.isEmpty
                        ? sqlite3_bind_zeroblob(pointer, place, 0)
                        : bytes.withUnsafeBytes {
                            sqlite3_bind_blob64(pointer, place, $0.baseAddress, sqlite3_uint64($0.count), transient)
                        }
                }
            guard status == SQLITE_OK else { throw SQLiteFailure(status: status) }
        }
    }

    /// - Returns: whether there is a row.
    func step() throws(SQLiteFailure) -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let status: throw SQLiteFailure(status: status)
        }
    }

    /// The row that the last step arrived at, copied.
    func row() -> SQLRow {
        let count = sqlite3_column_count(pointer)
        if columns.names.count != count {
            columns = SQLColumns((0..<count).map { String(cString: sqlite3_column_name(pointer, $0)) })
        }
        return SQLRow(columns: columns, values: (0..<count).map(value))
    }

    private func value(_ column: Int32) -> SQLValue {
        switch sqlite3_column_type(pointer, column) {
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(pointer, column))
        case SQLITE_FLOAT: .real(sqlite3_column_double(pointer, column))
        case SQLITE_TEXT:
            .text(
                String(
                    decoding: UnsafeBufferPointer(
                        start: sqlite3_column_text(pointer, column), count: Int(sqlite3_column_bytes(pointer, column))),
                    as: UTF8.self))
        case SQLITE_BLOB:
            .blob(
                Array(
                    UnsafeRawBufferPointer(
                        start: sqlite3_column_blob(pointer, column), count: Int(sqlite3_column_bytes(pointer, column))))
            )
        default: .null
        }
    }

    /// Ends the reading, which would keep its snapshot, and lets go of the parameters.
    func reset() {
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }
}

/// SQLITE_TRANSIENT, "copy the bytes", is a cast of -1 that C's macro makes and Swift does not import.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
