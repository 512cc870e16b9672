// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A database the gateway works on: the one door for SQL.
///
/// Bodies run on the database's own threads, never on Swift's cooperative pool, so they may take as long as the engine
/// needs. They get a connection that is theirs until they return and must not leave the closure.
public protocol SQLDatabase: Sendable {
    /// How this engine spells what SQL engines spell differently.
    var dialect: SQLDialect { get }

    /// Runs `body` on one consistent snapshot, beside other readers and the writer.
    ///
    /// - Throws: what `body` throws, or `StoreError`.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// Runs `body` in a transaction and returns once it is committed and on disk.
    ///
    /// Calls made at the same time share one commit; each has a savepoint of its own, so a body that throws undoes its own
    /// work only. When the common commit fails, every caller gets that error. Cancelling the calling task does not take the
    /// work back: what a CA has answered must be written even while the gateway stops.
    ///
    /// - Throws: what `body` throws, or `StoreError`; in both cases nothing of `body` stays.
    @discardableResult
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// Finishes what was asked before, then closes. Later calls throw `StoreError` with code `connection`.
    func close() async
}
