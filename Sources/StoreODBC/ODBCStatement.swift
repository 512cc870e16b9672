// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CODBC
import Store

/// Owns one prepared statement. Used by the thread that has its connection.
final class ODBCStatement {
    let sql: String
    let handle: SQLHSTMT
    private let parameterCount: Int
    private let family: ServerAddress.Family
    private let buffer: UnsafeMutableRawPointer
    private var parameters: ODBCParameters?
    private var kinds: [ODBCColumn.Kind] = []
    private var columns = SQLColumns([])

    /// - Parameter buffer: room for one chunk of a value, which the connection lends.
    init(
        _ sql: String, on connection: SQLHDBC, _ family: ServerAddress.Family, buffer: UnsafeMutableRawPointer
    ) throws(ODBCFailure) {
        var handle: SQLHSTMT?
        var status = SQLAllocHandle(SQLSMALLINT(SQL_HANDLE_STMT), connection, &handle)
        guard status.isSuccess, let handle else { throw ODBCFailure(status, connection: connection) }
        self.sql = sql
        self.handle = handle
        self.family = family
        self.buffer = buffer
        var text = Array(sql.utf16)
        status = SQLPrepareW(handle, &text, SQLINTEGER(text.count))
        var count: SQLSMALLINT = 0
        if status.isSuccess { status = SQLNumParams(handle, &count) }
        parameterCount = Int(count)
        // deinit frees the handle, for all parts of the object are there by now.
        guard status.isSuccess else { throw ODBCFailure(status, statement: handle) }
    }

    deinit { SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_STMT), handle) }

    func bind(_ values: [SQLValue]) throws(ODBCFailure) {
        precondition(values.count == parameterCount, "\(values.count) parameters for: \(sql)")
        guard !values.isEmpty else { return }
        parameters = try ODBCParameters(values, to: handle, family) { nullType($0) }
    }

    /// MariaDB and PostgreSQL take a NULL of any type; SQL Server converts no text to bytes, not even when there is none.
    private func nullType(_ place: SQLUSMALLINT) -> SQLSMALLINT {
        guard family == .sqlserver else { return SQLSMALLINT(SQL_WVARCHAR) }
        var type: SQLSMALLINT = 0
        var size: SQLULEN = 0
        var digits: SQLSMALLINT = 0
        var nullable: SQLSMALLINT = 0
        let status = SQLDescribeParam(handle, place, &type, &size, &digits, &nullable)
        return status.isSuccess ? type : SQLSMALLINT(SQL_WVARCHAR)
    }

    /// Sends it to the server.
    func execute() throws(ODBCFailure) {
        let status = SQLExecute(handle)
        // PostgreSQL's driver says so when no row was changed.
        guard status.isSuccess || status == SQL_NO_DATA else { throw ODBCFailure(status, statement: handle) }
    }

    /// The number of rows that were changed, once all that the statement answers has been heard.
    func changedRows() throws(ODBCFailure) -> Int {
        var changed: SQLLEN = 0
        let status = SQLRowCount(handle, &changed)
        guard status.isSuccess else { throw ODBCFailure(status, statement: handle) }
        // SQL Server tells of an error behind the first count only here; the others know one answer each.
        if family == .sqlserver {
            while true {
                let status = SQLMoreResults(handle)
                if status == SQL_NO_DATA { break }
                guard status.isSuccess else { throw ODBCFailure(status, statement: handle) }
            }
        }
        return max(changed, 0)
    }

    /// - Returns: whether there is a row.
    func fetch() throws(ODBCFailure) -> Bool {
        let status = SQLFetch(handle)
        if status == SQL_NO_DATA { return false }
        guard status.isSuccess else { throw ODBCFailure(status, statement: handle) }
        return true
    }

    /// The row that the last fetch arrived at, copied.
    func row() throws(ODBCFailure) -> SQLRow {
        if kinds.isEmpty { try describe() }
        let reader = ODBCRowReader(statement: handle, family: family, buffer: buffer)
        var values: [SQLValue] = []
        values.reserveCapacity(kinds.count)
        for (index, kind) in kinds.enumerated() { values.append(try reader.value(SQLUSMALLINT(index + 1), kind)) }
        return SQLRow(columns: columns, values: values)
    }

    private func describe() throws(ODBCFailure) {
        var count: SQLSMALLINT = 0
        let status = SQLNumResultCols(handle, &count)
        guard status.isSuccess else { throw ODBCFailure(status, statement: handle) }
        var found: [ODBCColumn] = []
        for number in 0..<SQLUSMALLINT(max(count, 0)) { found.append(try ODBCColumn(number + 1, of: handle)) }
        columns = SQLColumns(found.map(\.name))
        kinds = found.map(\.kind)
    }

    /// Ends the reading and lets go of the parameters.
    func reset() {
        SQLFreeStmt(handle, SQLUSMALLINT(SQL_CLOSE))
        SQLFreeStmt(handle, SQLUSMALLINT(SQL_RESET_PARAMS))
        parameters = nil
    }
}
