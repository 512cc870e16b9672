// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CODBC
import Store

/// One column of an answer: its name, and how its values are fetched.
struct ODBCColumn {
    enum Kind {
        case integer
        /// Numbers that the engine computes, such as a SUM: whole ones are integers to us.
        case decimal
        case real
        case text
        case blob
    }

    let name: String
    let kind: Kind

    /// Asks the driver about a column; counted from 1. The size it gives is not to be relied on.
    init(_ number: SQLUSMALLINT, of statement: SQLHSTMT) throws(ODBCFailure) {
        var name = [UInt16](repeating: 0, count: 130)
        var length: SQLSMALLINT = 0
        var type: SQLSMALLINT = 0
        var size: SQLULEN = 0
        var digits: SQLSMALLINT = 0
        var nullable: SQLSMALLINT = 0
        let status = SQLDescribeColW(
            statement, number, &name, SQLSMALLINT(name.count - 1), &length, &type, &size, &digits, &nullable)
        guard status.isSuccess else { throw ODBCFailure(status, statement: statement) }
        self.name = String(decoding: name.prefix(min(Int(length), name.count - 1)), as: UTF16.self)
        kind =
            switch Int32(type) {
            case SQL_BIT, SQL_TINYINT, SQL_SMALLINT, SQL_INTEGER, SQL_BIGINT: .integer
            case SQL_DECIMAL, SQL_NUMERIC: .decimal
            case SQL_REAL, SQL_FLOAT, SQL_DOUBLE: .real
            case SQL_BINARY, SQL_VARBINARY, SQL_LONGVARBINARY: .blob
            default: .text
            }
    }
}
