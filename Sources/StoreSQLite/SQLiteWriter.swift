// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// The thread that writes: takes all calls that wait and commits them together, because the price of a commit is the disk's
/// sync and not the work.
final class SQLiteWriter: Sendable {
    /// Bounds how long the first caller of a group waits for the last.
    private static let groupSize = 128

    private let connection: SQLiteConnection
    private let queue: WorkQueue
    private let checkpointInterval: TimeInterval
    private let runsBodiesTwice: Bool

    init(connection: SQLiteConnection, queue: WorkQueue, options: SQLiteDatabase.Options) {
        self.connection = connection
        self.queue = queue
        checkpointInterval = TimeInterval(options.checkpointInterval.milliseconds) / 1000
        runsBodiesTwice = options.runsBodiesTwice
    }

    func start() {
        let thread = Thread { self.run() }
        thread.name = "sqlite-writer"
        thread.start()
    }

    private func run() {
        // When the write-ahead log has to be emptied; nil while it is.
        var checkpointAt: Date?
        while let group = queue.take(upTo: Self.groupSize, until: checkpointAt) {
            if !group.isEmpty {
                commit(group)
                checkpointAt = checkpointAt ?? Date(timeIntervalSinceNow: checkpointInterval)
            }
            if let due = checkpointAt, due.timeIntervalSinceNow <= 0 {
                checkpointAt = connection.checkpoint() ? nil : Date(timeIntervalSinceNow: checkpointInterval)
            }
        }
        _ = connection.checkpoint()
        connection.close()
        queue.workerEnded()
    }

    /// One transaction for the whole group, a savepoint for each call. Callers go on only after the commit: also those whose
    /// body threw, for it may have thrown because of what a neighbour wrote.
    private func commit(_ group: [any DatabaseCall]) {
        var failure: StoreError?
        do throws(StoreError) {
            try connection.requireFileInPlace()
            try connection.execute("BEGIN IMMEDIATE")
            for call in group {
                try connection.execute("SAVEPOINT call")
                if runsBodiesTwice {
                    _ = try run(call)
                    try connection.execute("ROLLBACK TO call")
                }
                if try !run(call) { try connection.execute("ROLLBACK TO call") }
                try connection.execute("RELEASE call")
            }
            try connection.execute("COMMIT")
        } catch {
            failure = error
            if connection.isInTransaction { _ = try? connection.execute("ROLLBACK") }
        }
        for call in group {
            // A call that did not run has no result of its own; failure is set then.
            call.finish(failure)
        }
    }

    /// - Returns: whether the body has come to its end.
    /// - Throws: `StoreError` where SQLite has rolled back everything by itself, as after a full disk.
    private func run(_ call: any DatabaseCall) throws(StoreError) -> Bool {
        guard let error = call.run(on: connection) else { return true }
        guard connection.isInTransaction else {
            throw error as? StoreError ?? StoreError(.other, "the transaction ended by itself")
        }
        return false
    }
}
