// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// A database on which nothing is written any more once a right has gone to another node: what a node that stood still still has to
/// say must not take the place of what is newer.
public struct FencedDatabase: SQLDatabase {
    private let inner: any SQLDatabase
    private let lease: NodeLease

    public init(_ inner: any SQLDatabase, under lease: NodeLease) {
        self.inner = inner
        self.lease = lease
    }

    public var dialect: SQLDialect { inner.dialect }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result { try await inner.read(body) }

    /// - Throws: beside what the database throws, `LedgerError.notInCharge`.
    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await inner.write { [lease] connection in
            try lease.require(on: connection)
            return try body(connection)
        }
    }

    public func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result { try await inner.alone(name, body) }

    public func close() async { await inner.close() }
}
