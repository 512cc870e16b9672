// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CODBC
import Store

/// Coming to the server, and the ends of a transaction.
extension ODBCConnection {
    func connect(_ credential: ServerCredential) throws {
        let seconds = max(1, Int((options.loginTimeout / .seconds(1)).rounded(.up)))
        SQLSetConnectAttr(handle, SQL_ATTR_LOGIN_TIMEOUT, UnsafeMutableRawPointer(bitPattern: seconds), 0)
        switch credential {
        case .password(let resolve):
            let password = try resolve().revealed
            try connect(by: try ConnectionText(address, password: password, options: options), hiding: password)
        case .accessToken(let resolve):
            let token = try AccessToken(resolve())
            // The driver reads it while it connects, not now.
            try withExtendedLifetime(token) {
                SQLSetConnectAttr(handle, AccessToken.attribute, token.pointer, SQL_IS_POINTER)
                try connect(by: try ConnectionText(address, password: nil, options: options), hiding: nil)
            }
        }
    }

    private func connect(by text: ConnectionText, hiding password: String?) throws(StoreError) {
        var units = Array(text.text.utf16)
        defer { for index in units.indices { units[index] = 0 } }
        try call(nil, on: nil, limit: options.loginTimeout + options.grace, hiding: password) {
            () throws(ODBCFailure) in
            // No room is given for the completed text: the password would stand in it.
            let status = SQLDriverConnectW(
                handle, nil, &units, SQLSMALLINT(units.count), nil, 0, nil, SQLUSMALLINT(SQL_DRIVER_NOPROMPT))
            guard status.isSuccess else { throw ODBCFailure(status, connection: handle) }
        }
    }

    /// - Throws: why it is not known to be committed; `failure` has the kind.
    func commit() throws(StoreError) {
        try call(nil, on: nil) { () throws(ODBCFailure) in
            let status = SQLEndTran(SQLSMALLINT(SQL_HANDLE_DBC), handle, SQLSMALLINT(SQL_COMMIT))
            guard status.isSuccess else { throw ODBCFailure(status, connection: handle) }
        }
    }

    /// Undoes the transaction, whatever went wrong in it.
    ///
    /// - Returns: false when the connection is of no more use.
    func rollback() -> Bool {
        guard failure?.endsConnection != true else { return false }
        beginTransaction()
        do {
            try call(nil, on: nil) { () throws(ODBCFailure) in
                let status = SQLEndTran(SQLSMALLINT(SQL_HANDLE_DBC), handle, SQLSMALLINT(SQL_ROLLBACK))
                guard status.isSuccess else { throw ODBCFailure(status, connection: handle) }
            }
        } catch { return false }
        return true
    }
}
