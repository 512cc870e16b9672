// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A database that counts what a server would be asked: how long work takes on one is little else.
public final class CountedDatabase: SQLDatabase {
    public let inner: any SQLDatabase
    private let count = Mutex(0)

    public init(_ inner: any SQLDatabase) { self.inner = inner }

    /// Questions and answers so far: each statement, the end of each transaction, and the receipt of one that has written and needs one.
    public var roundTrips: Int { count.withLock { $0 } }

    public var dialect: SQLDialect { inner.dialect }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await inner.read { [self] connection in
            let counted = Connection(connection)
            defer { add(counted.statements + 1) }
            return try body(counted)
        }
    }

    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await inner.write { [self] connection in
            let counted = Connection(connection)
            defer { add(counted.statements + (counted.needsReceipt ? 2 : 1)) }
            return try body(counted)
        }
    }

    public func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result { try await inner.alone(name, body) }

    public func close() async { await inner.close() }

    private func add(_ number: Int) { count.withLock { $0 += number } }

    private final class Connection: SQLConnection {
        private let inner: any SQLConnection
        private(set) var statements = 0
        private var hasWritten = false
        private var hasProof = false
        var needsReceipt: Bool { hasWritten && !hasProof }

        init(_ inner: any SQLConnection) { self.inner = inner }

        var dialect: SQLDialect { inner.dialect }

        func execute(_ sql: String, _ parameters: [SQLValue]) throws(StoreError) -> Int {
            statements += 1
            hasWritten = true
            return try inner.execute(sql, parameters)
        }

        func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
            statements += 1
            try inner.forEachRow(sql, parameters, body)
        }

        func isProved(by proof: CommitProof) {
            hasProof = true
            inner.isProved(by: proof)
        }
    }
}
