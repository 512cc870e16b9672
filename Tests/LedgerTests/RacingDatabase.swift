// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// A database in which somebody else writes between the last reading and the first writing of each transaction.
final class RacingDatabase: SQLDatabase {
    private let inner: any SQLDatabase
    private let other: @Sendable (any SQLConnection) throws -> Void

    init(_ inner: any SQLDatabase, _ other: @escaping @Sendable (any SQLConnection) throws -> Void) {
        self.inner = inner
        self.other = other
    }

    var dialect: SQLDialect { inner.dialect }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result { try await inner.read(body) }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let other = other
        return try await inner.write { try body(RacingConnection($0, other)) }
    }

    func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result { try await inner.alone(name, body) }

    func close() async { await inner.close() }
}

private final class RacingConnection: SQLConnection {
    private let inner: any SQLConnection
    private let other: (any SQLConnection) throws -> Void
    private var hasRaced = false

    init(_ inner: any SQLConnection, _ other: @escaping (any SQLConnection) throws -> Void) {
        self.inner = inner
        self.other = other
    }

    var dialect: SQLDialect { inner.dialect }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(StoreError) -> Int {
        if !hasRaced {
            hasRaced = true
            do { try other(inner) } catch { throw error as? StoreError ?? StoreError(.other, "\(error)") }
        }
        return try inner.execute(sql, parameters)
    }

    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        try inner.forEachRow(sql, parameters, body)
    }
}
