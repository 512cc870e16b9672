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

    /// Runs `body` in a transaction and returns once it is committed and on disk. It may be run again from its beginning when the
    /// engine has undone it, so it touches nothing but its connection.
    ///
    /// A body that throws undoes its own work only. On SQLite, calls made at the same time share one commit; when it fails, every
    /// caller gets that error. On servers each call is a transaction of its own, at READ COMMITTED, beside others; there a
    /// statement that fails ends it, so a body cannot catch the error and go on. Cancelling the calling task does not take the
    /// work back: what a CA has answered must be written even while the gateway stops.
    ///
    /// - Throws: what `body` throws, or `StoreError`; in both cases nothing of `body` stays, but for `StoreError` with code
    ///   `unknownOutcome`.
    @discardableResult
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// Runs `body` while nobody else runs one under this name, in whatever process on whatever machine.
    ///
    /// - Throws: `StoreError` with code `busy` when another one does not end.
    func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result

    /// Finishes what was asked before, then closes. Later calls throw `StoreError` with code `connection`.
    func close() async
}

extension SQLDatabase {
    /// For an engine with one writer at a time, where a single `write` is alone already.
    public func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result { try await body() }
}
