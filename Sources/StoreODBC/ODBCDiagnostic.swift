// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CODBC

/// One record of what a driver says about a call that failed. Short of words: read by `ServerFailureTable`.
struct ODBCDiagnostic: Sendable, Hashable {
    /// SQLSTATE, five characters.
    let state: String
    /// The engine's own number.
    let native: Int32
    let text: String

    /// All records of a handle. They are gone with the next call on it, so they are copied at once.
    ///
    /// They are read in the narrow form, which is UTF-8: MariaDB's driver garbles the wide one.
    static func all(_ type: Int32, _ handle: SQLHANDLE?) -> [ODBCDiagnostic] {
        guard let handle else { return [] }
        var records: [ODBCDiagnostic] = []
        var state = [UInt8](repeating: 0, count: 6)
        var text = [UInt8](repeating: 0, count: 2048)
        var native: SQLINTEGER = 0
        var length: SQLSMALLINT = 0
        // The driver decides how many there are; nobody reads the twentieth.
        for number in SQLSMALLINT(1)...20 {
            let status = SQLGetDiagRec(
                SQLSMALLINT(type), handle, number, &state, &native, &text, SQLSMALLINT(text.count), &length)
            guard status == SQL_SUCCESS || status == SQL_SUCCESS_WITH_INFO else { break }
            let count = min(max(Int(length), 0), text.count - 1)
            records.append(
                ODBCDiagnostic(
                    state: String(decoding: state.prefix(5), as: UTF8.self), native: native,
                    text: String(decoding: text.prefix(count), as: UTF8.self)))
        }
        return records
    }
}
