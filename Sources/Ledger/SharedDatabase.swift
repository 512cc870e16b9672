// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// A database on which others do the same work. Under a right that one node at a time has, nothing is written any more once the right
/// has gone to another node: what a node that stood still still has to say must not take the place of what is newer. And what
/// another one has put there between a look and a writing is looked at again.
public struct SharedDatabase: SQLDatabase {
    /// How often a write is tried that somebody else was before.
    private static let attempts = 5

    private let inner: any SQLDatabase
    private let lease: NodeLease?

    /// - Parameter lease: nil for work that may overlap.
    public init(_ inner: any SQLDatabase, under lease: NodeLease?) {
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
        var attempt = 1
        while true {
            do {
                return try await inner.write { [lease] connection in
                    try lease?.require(on: connection)
                    return try body(connection)
                }
            } catch let error as StoreError where error.code == .constraint && attempt < Self.attempts {
                attempt += 1
            }
        }
    }

    public func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result { try await inner.alone(name, body) }

    public func close() async { await inner.close() }
}
