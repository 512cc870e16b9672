// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Store

/// The embedded database: one SQLite file (https://www.sqlite.org), in WAL mode, synced at each commit.
///
/// One thread writes and commits for all callers together; a few threads read beside it. Other processes may use the same
/// file. Threads end with `close`, or with the last reference.
public final class SQLiteDatabase: SQLDatabase {
    public struct Options: Sendable {
        /// How long to wait for another process that holds the lock, before `StoreError` with code `busy`.
        public var busyTimeout: Duration
        /// Readings at the same time.
        public var readers: Int
        /// Bytes that were overwritten are gone from all files at most so long after the commit, unless a reading lasts
        /// longer. SQLite may leave a copy of a row that it moves to another page; who must be sure overwrites bytes by as
        /// many others and only appends rows.
        public var checkpointInterval: Duration
        /// Whether each body of a `write` is run, undone and run again, as a server does that ends a deadlock. For tests, which
        /// ask for it in the environment, so that the programs they start hear of it too.
        public var runsBodiesTwice = ProcessInfo.processInfo.environment["CERTWAY_TEST_TWICE"] == "1"

        public init(
            busyTimeout: Duration = .seconds(5), readers: Int = 3, checkpointInterval: Duration = .seconds(5)
        ) {
            self.busyTimeout = busyTimeout
            self.readers = readers
            self.checkpointInterval = checkpointInterval
        }
    }

    public let path: String
    public var dialect: SQLDialect { .sqlite }
    private let writes: WorkQueue
    private let reads: WorkQueue

    /// Opens the file, or creates it, readable by its owner alone. Blocks for as long as opening takes, which is short
    /// unless another process holds the lock.
    ///
    /// - Throws: `StoreError`: `connection`, `readOnly`, `corrupt`, `busy` or `full`, with the next step for the operator.
    public init(path: String, options: Options = Options()) throws(StoreError) {
        try SQLiteFile.prepare(path)
        let writer = try SQLiteConnection(path: path, busyTimeout: options.busyTimeout)
        try writer.takePossession()
        // In KiB, the whole of it only in a large database: among a million orders each transaction touches pages of a dozen indexes that
        // the usual two megabytes do not hold until the next.
        try writer.execute("PRAGMA cache_size = -32768")
        var readers: [SQLiteConnection] = []
        for _ in 0..<max(options.readers, 1) {
            let reader = try SQLiteConnection(path: path, busyTimeout: options.busyTimeout)
            try reader.execute("PRAGMA query_only = ON")
            readers.append(reader)
        }
        self.path = path
        writes = WorkQueue(workers: 1)
        reads = WorkQueue(workers: readers.count)
        SQLiteWriter(connection: writer, queue: writes, options: options).start()
        for reader in readers { SQLiteReader(connection: reader, queue: reads).start() }
    }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { reads.append(PendingCall(body, $0)) }
    }

    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { writes.append(PendingCall(body, $0)) }
    }

    public func close() async { await closing() }

    /// What `close` does, also to wait for once the last reference is gone.
    public var closing: @Sendable () async -> Void {
        { [reads, writes] in
            await reads.close()
            await writes.close()
        }
    }

    deinit {
        // One after the other: of two connections that close at once, each takes the other for alive and leaves the log to it.
        let writes = writes
        reads.close { writes.close {} }
    }
}
