// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CODBC
import Store

/// The parameters of one execution. The driver reads them while the statement executes, so they lie in memory of their own that
/// does not move until then.
final class ODBCParameters {
    private static let mostCharacters = 4000
    private static let mostBytes = 8000

    private let family: ServerAddress.Family
    private let indicators: UnsafeMutablePointer<SQLLEN>
    private var buffers: [UnsafeMutableRawPointer] = []

    /// Binds all of them to a statement.
    ///
    /// - Parameter nullType: what a NULL at that place is declared as; the place is counted from 1.
    init(
        _ values: [SQLValue], to statement: SQLHSTMT, _ family: ServerAddress.Family,
        nullType: (SQLUSMALLINT) -> SQLSMALLINT
    ) throws(ODBCFailure) {
        self.family = family
        indicators = .allocate(capacity: max(values.count, 1))
        buffers.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            let place = SQLUSMALLINT(index + 1)
            let status =
                switch value {
                case .null: bindNull(statement, place, nullType(place))
                case .integer(let number):
                    bind(statement, place, SQL_C_SBIGINT, SQL_BIGINT, 19, Self.copy(of: number), 8)
                case .real(let number): bind(statement, place, SQL_C_DOUBLE, SQL_DOUBLE, 15, Self.copy(of: number), 8)
                case .text(let text): bind(statement, place, text)
                case .blob(let bytes): bind(statement, place, bytes)
                }
            guard status.isSuccess else { throw ODBCFailure(status, statement: statement) }
        }
    }

    deinit {
        indicators.deallocate()
        for buffer in buffers { buffer.deallocate() }
    }

    private func bindNull(_ statement: SQLHSTMT, _ place: SQLUSMALLINT, _ type: SQLSMALLINT) -> SQLRETURN {
        let cType = type == SQL_VARBINARY || type == SQL_LONGVARBINARY ? SQL_C_BINARY : SQL_C_WCHAR
        return bind(statement, place, cType, Int32(type), 1, Self.room(2), Int(SQL_NULL_DATA))
    }

    private func bind(_ statement: SQLHSTMT, _ place: SQLUSMALLINT, _ text: String) -> SQLRETURN {
        if family == .mysql {
            // MariaDB's driver takes Ø (U+00D8), and whatever else has a low byte of a surrogate's high one, for half a character,
            // and reads on behind the end (seen, odbc-mariadb 3.1.15). The session's character set is UTF-8.
            let bytes = Array(text.utf8)
            let buffer = Self.copy(of: bytes)
            return bind(
                statement, place, SQL_C_CHAR, SQL_VARCHAR, size(bytes.count, Self.mostBytes), buffer, bytes.count)
        }
        let units = Array(text.utf16)
        let buffer = Self.room(units.count * 2 + 2)
        units.withUnsafeBytes {
            buffer.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(buffer), byteCount: $0.count)
        }
        let size = self.size(units.count, Self.mostCharacters)
        return bind(statement, place, SQL_C_WCHAR, SQL_WVARCHAR, size, buffer, units.count * 2)
    }

    private func bind(_ statement: SQLHSTMT, _ place: SQLUSMALLINT, _ bytes: [UInt8]) -> SQLRETURN {
        let buffer = Self.copy(of: bytes)
        let type = family == .sqlserver ? SQL_VARBINARY : SQL_LONGVARBINARY
        let size = self.size(bytes.count, Self.mostBytes)
        return bind(statement, place, SQL_C_BINARY, type, size, buffer, bytes.count)
    }

    /// The declared size of a value. Above its limit SQL Server wants 0, which says MAX. Below it, the size is always the
    /// limit, for each other one would be another plan in its cache.
    private func size(_ count: Int, _ most: Int) -> Int {
        count <= most ? most : family == .sqlserver ? 0 : count
    }

    private func bind(
        _ statement: SQLHSTMT, _ place: SQLUSMALLINT, _ cType: Int32, _ type: Int32, _ size: Int,
        _ buffer: UnsafeMutableRawPointer, _ length: Int
    ) -> SQLRETURN {
        buffers.append(buffer)
        let indicator = indicators + Int(place - 1)
        indicator.initialize(to: length)
        return SQLBindParameter(
            statement, place, SQLSMALLINT(SQL_PARAM_INPUT), SQLSMALLINT(cType), SQLSMALLINT(type), SQLULEN(size), 0,
            buffer, max(length, 0), indicator)
    }

    private static func room(_ count: Int) -> UnsafeMutableRawPointer {
        .allocate(byteCount: max(count, 1), alignment: 8)
    }

    private static func copy(of bytes: [UInt8]) -> UnsafeMutableRawPointer {
        let buffer = room(bytes.count)
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(buffer), byteCount: $0.count)
        }
        return buffer
    }

    private static func copy<Number: BitwiseCopyable>(of number: Number) -> UnsafeMutableRawPointer {
        let buffer = room(MemoryLayout<Number>.size)
        buffer.storeBytes(of: number, as: Number.self)
        return buffer
    }
}
