// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Store

/// A database whose writings can be put on record: what a body has handed to `AuditTrail.record` goes to the end of the chain in the
/// same transaction, as its last statements. So the head of the chain, which all wait for, is locked as briefly as can be, and
/// behind every other lock.
public struct RecordingDatabase: SQLDatabase {
    let inner: any SQLDatabase
    public let origin: AuditOrigin
    private let now: @Sendable () -> Date
    private let usesDatabaseTime: Bool

    /// - Parameters:
    ///   - origin: what stands in each record about how it came.
    ///   - usesDatabaseTime: whether the database's own time counts, where it has one.
    ///   - now: the time where it does not.
    public init(
        _ inner: any SQLDatabase, origin: AuditOrigin, usesDatabaseTime: Bool, now: @escaping @Sendable () -> Date
    ) {
        self.inner = (inner as? RecordingDatabase)?.inner ?? inner
        self.origin = origin
        self.usesDatabaseTime = usesDatabaseTime
        self.now = now
    }

    public var dialect: SQLDialect { inner.dialect }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result { try await inner.read(body) }

    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        // The body may run on a thread of the store, where no task is.
        let (now, origin) = (now(), origin.current)
        return try await inner.write { [usesDatabaseTime] connection in
            let recording = RecordingConnection(connection)
            let result = try body(recording)
            if !recording.entries.isEmpty {
                try AuditTable(connection: connection).append(
                    recording.entries, origin, at: now, usesDatabaseTime: usesDatabaseTime)
            }
            return result
        }
    }

    public func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result { try await inner.alone(name, body) }

    public func close() async { await inner.close() }
}
