// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store

/// A thread that reads: one call at a time, each on one snapshot.
final class SQLiteReader: Sendable {
    private let connection: SQLiteConnection
    private let queue: WorkQueue

    init(connection: SQLiteConnection, queue: WorkQueue) {
        self.connection = connection
        self.queue = queue
    }

    func start() {
        let thread = Thread { self.run() }
        thread.name = "sqlite-reader"
        thread.start()
    }

    private func run() {
        while let call = queue.take(upTo: 1)?.first {
            var failure: StoreError?
            do throws(StoreError) {
                try connection.execute("BEGIN")
                _ = call.run(on: connection)
                if connection.isInTransaction { try connection.execute("ROLLBACK") }
            } catch {
                failure = error
            }
            call.finish(failure)
        }
        connection.close()
        queue.workerEnded()
    }
}
