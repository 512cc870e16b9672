// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CODBC
import Store

/// The driver manager's environment: one for the process, for as long as it runs.
enum ODBCEnvironment {
    // Never written after it is made; the driver manager guards what is behind it.
    nonisolated(unsafe) private static let shared: SQLHENV? = {
        var environment: SQLHENV?
        guard SQLAllocHandle(SQLSMALLINT(SQL_HANDLE_ENV), nil, &environment).isSuccess else { return nil }
        let version = UnsafeMutableRawPointer(bitPattern: Int(SQL_OV_ODBC3))
        guard SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION, version, 0).isSuccess else { return nil }
        return environment
    }()

    /// A handle for a connection, not connected yet.
    static func makeConnection() throws(StoreError) -> SQLHDBC {
        var connection: SQLHDBC?
        guard let shared, SQLAllocHandle(SQLSMALLINT(SQL_HANDLE_DBC), shared, &connection).isSuccess, let connection
        else { throw StoreError(.other, "unixODBC gives no connection handle: look at the memory of this machine") }
        return connection
    }
}
