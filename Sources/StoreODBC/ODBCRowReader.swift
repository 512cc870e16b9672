// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CODBC
import Store

/// Fetches the values of the row that a statement stands on.
struct ODBCRowReader {
    /// Bytes of one chunk of a long value.
    static let chunk = 65_536

    let statement: SQLHSTMT
    let family: ServerAddress.Family
    /// Room for one chunk, shared by all statements of a connection.
    let buffer: UnsafeMutableRawPointer

    /// Columns are to be read from left to right, each once, for SQL Server allows nothing else.
    func value(_ number: SQLUSMALLINT, _ kind: ODBCColumn.Kind) throws(ODBCFailure) -> SQLValue {
        switch kind {
        case .integer: try number64(number, SQL_C_SBIGINT).map { .integer($0.load(as: Int64.self)) } ?? .null
        case .real: try number64(number, SQL_C_DOUBLE).map { .real($0.load(as: Double.self)) } ?? .null
        case .decimal: try text(number).map(Self.decimal) ?? .null
        case .text: try text(number).map { .text($0) } ?? .null
        case .blob: try bytes(number, SQL_C_BINARY, terminator: 0).map { .blob($0) } ?? .null
        }
    }

    private static func decimal(_ text: String) -> SQLValue {
        if let whole = Int64(text) { return .integer(whole) }
        // Scale is the engine's own affair: 12.000 is 12.
        let parts = text.split(separator: ".")
        if parts.count == 2, parts[1].allSatisfy({ $0 == "0" }), let whole = Int64(parts[0]) { return .integer(whole) }
        return Double(text).map { .real($0) } ?? .text(text)
    }

    private func number64(_ number: SQLUSMALLINT, _ type: Int32) throws(ODBCFailure) -> UnsafeMutableRawPointer? {
        var indicator: SQLLEN = 0
        let status = SQLGetData(statement, number, SQLSMALLINT(type), buffer, 8, &indicator)
        guard status.isSuccess else { throw ODBCFailure(status, statement: statement) }
        return indicator == SQLLEN(SQL_NULL_DATA) ? nil : buffer
    }

    /// Joined before it is decoded, for a chunk may end inside of a character.
    private func text(_ number: SQLUSMALLINT) throws(ODBCFailure) -> String? {
        // See ODBCParameters: MariaDB's driver cuts the end off where there is an Ø.
        if family == .mysql {
            return try bytes(number, SQL_C_CHAR, terminator: 1).map { String(decoding: $0, as: UTF8.self) }
        }
        return try wideText(number)
    }

    private func wideText(_ number: SQLUSMALLINT) throws(ODBCFailure) -> String? {
        try bytes(number, SQL_C_WCHAR, terminator: 2).map { bytes in
            bytes.withUnsafeBytes { raw in
                String(
                    decoding: (0..<raw.count / 2).map { raw.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self) },
                    as: UTF16.self)
            }
        }
    }

    private func bytes(_ number: SQLUSMALLINT, _ type: Int32, terminator: Int) throws(ODBCFailure) -> [UInt8]? {
        var bytes: [UInt8] = []
        let most = Self.chunk - terminator
        while true {
            var indicator: SQLLEN = 0
            let status = SQLGetData(statement, number, SQLSMALLINT(type), buffer, SQLLEN(Self.chunk), &indicator)
            // The value ended with the chunk before.
            if status == SQL_NO_DATA { return bytes }
            guard status.isSuccess else { throw ODBCFailure(status, statement: statement) }
            if indicator == SQLLEN(SQL_NULL_DATA) { return nil }
            // The indicator is what was left before this chunk, or SQL_NO_TOTAL when the driver does not know.
            let isWhole = indicator >= 0 && indicator <= most
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: isWhole ? indicator : most))
            if isWhole { return bytes }
        }
    }
}
