// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Store

/// A database on a server of its own: MariaDB, MySQL, PostgreSQL, SQL Server or Azure SQL, through unixODBC
/// (https://www.unixodbc.org) and the engine's driver.
///
/// A few threads write, each call in a transaction of its own on one of several connections; others read beside them. A body that
/// the server has undone in favour of another one runs again. Threads end with `close`, or with the last reference.
public final class ODBCDatabase: SQLDatabase {
    public struct Options: Sendable {
        /// Readings, and writings, at the same time: that many connections each.
        public var readers: Int
        public var writers: Int
        /// How long to wait for a connection to the server.
        public var loginTimeout: Duration
        /// How long a statement may take.
        public var statementTimeout: Duration
        /// How long a statement waits for a row that another transaction holds, before `StoreError` with code `busy`.
        public var lockTimeout: Duration
        /// How long a call waits for a connection of ours to become free, before `StoreError` with code `busy`.
        public var waitTimeout: Duration
        /// How long a commit whose confirmation was lost is looked up, before `StoreError` with code `unknownOutcome`.
        public var outcomeTimeout: Duration
        /// What a server that was told to end a statement gets for it; afterwards the call is given up, and once more that long
        /// after our own cancellation.
        public var grace: Duration

        public init(
            readers: Int = 4, writers: Int = 4, loginTimeout: Duration = .seconds(10),
            statementTimeout: Duration = .seconds(60), lockTimeout: Duration = .seconds(10),
            waitTimeout: Duration = .seconds(30), outcomeTimeout: Duration = .seconds(60), grace: Duration = .seconds(5)
        ) {
            self.readers = readers
            self.writers = writers
            self.loginTimeout = loginTimeout
            self.statementTimeout = statementTimeout
            self.lockTimeout = lockTimeout
            self.waitTimeout = waitTimeout
            self.outcomeTimeout = outcomeTimeout
            self.grace = grace
        }
    }

    public let address: ServerAddress
    public let dialect: SQLDialect
    /// What the server calls itself, such as `10.11.19-MariaDB`.
    public let version: String
    private let credential: ServerCredential
    private let options: Options
    private let reads: ODBCPool
    private let writes: ODBCPool

    /// Connects once, to see that it can be done and what the server is.
    ///
    /// - Throws: `StoreError`: `connection`, `permission`, `driverMissing`, `unsuitable`, with the next step for the operator; or what the
    ///   credential throws.
    public static func open(
        _ address: ServerAddress, _ credential: ServerCredential, options: Options = Options()
    ) async throws -> ODBCDatabase {
        let (dialect, version) = try await LimitedThread.run(
            for: options.loginTimeout + options.statementTimeout + options.grace, silence(of: address)
        ) {
            let connection = try ODBCConnection(
                address, credential, options, address.family.dialect, session: [], running: RunningCall())
            defer { connection.close() }
            let version: String = try connection.value(connection.dialect.inspection.version) ?? ""
            try ServerRequirement.check(connection, version)
            return (
                address.family == .mysql && version.contains("MariaDB") ? .mariadb : address.family.dialect, version
            )
        }
        return ODBCDatabase(address, credential, options, dialect, version)
    }

    private init(
        _ address: ServerAddress, _ credential: ServerCredential, _ options: Options, _ dialect: SQLDialect,
        _ version: String
    ) {
        self.address = address
        self.credential = credential
        self.options = options
        self.dialect = dialect
        self.version = version
        reads = ODBCPool(address, credential, options, dialect, .reading, size: options.readers)
        writes = ODBCPool(address, credential, options, dialect, .writing, size: options.writers)
    }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { reads.queue.append(PendingCall(body, $0)) }
    }

    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { writes.queue.append(PendingCall(body, $0)) }
    }

    public func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        let lock = ServerLock(name, at: address)
        var patient = options
        patient.statementTimeout = ServerLock.patience + options.grace
        patient.lockTimeout = ServerLock.patience
        let (address, credential, dialect) = (address, credential, dialect)
        let limits = patient
        let connection = try await LimitedThread.run(
            for: options.loginTimeout + limits.statementTimeout + options.grace, Self.silence(of: address)
        ) {
            let connection = try ODBCConnection(
                address, credential, limits, dialect,
                session: ServerSession.locking.statements(dialect, address.family, limits), running: RunningCall())
            try lock.take(on: connection)
            return connection
        }
        // The server lets go of the lock when its connection ends, however that comes.
        defer { Thread.detachNewThread { connection.close() } }
        return try await body()
    }

    public func close() async { await closing() }

    /// What `close` does, also to wait for once the last reference is gone.
    public var closing: @Sendable () async -> Void {
        { [reads, writes] in
            await reads.queue.close()
            await writes.queue.close()
        }
    }

    deinit {
        reads.queue.close {}
        writes.queue.close {}
    }

    private static func silence(of address: ServerAddress) -> StoreError {
        StoreError(.connection, "the database \(address) does not answer: see that it runs and can be reached")
    }
}
