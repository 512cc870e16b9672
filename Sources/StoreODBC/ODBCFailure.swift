// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CODBC

/// A call into the driver that failed, on its way to the connection, which knows the words for it.
struct ODBCFailure: Error {
    let status: SQLRETURN
    /// What the driver says; the first one decides. Empty when it says nothing.
    let diagnostics: [ODBCDiagnostic]

    init(_ status: SQLRETURN, _ diagnostics: [ODBCDiagnostic]) {
        self.status = status
        self.diagnostics = diagnostics
    }

    init(_ status: SQLRETURN, statement: SQLHSTMT?) {
        self.init(status, ODBCDiagnostic.all(SQL_HANDLE_STMT, statement))
    }

    init(_ status: SQLRETURN, connection: SQLHDBC?) {
        self.init(status, ODBCDiagnostic.all(SQL_HANDLE_DBC, connection))
    }
}

extension SQLRETURN {
    /// Whether a call did what it was asked, with or without a remark.
    var isSuccess: Bool { self == SQL_SUCCESS || self == SQL_SUCCESS_WITH_INFO }
}
