// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import Synchronization

/// Threads that work for one database in one way, and who watches over them.
final class ODBCPool: Sendable {
    private static let cleaningInterval = Duration.seconds(60 * 60)

    let address: ServerAddress
    let options: ODBCDatabase.Options
    let session: ServerSession
    let queue: WorkQueue
    private let credential: ServerCredential
    private let dialect: SQLDialect
    private let workers = Mutex<[ODBCWorker]>([])
    private let hasReceipts = Mutex(false)
    private let cleanedAt = Mutex<ContinuousClock.Instant?>(nil)

    init(
        _ address: ServerAddress, _ credential: ServerCredential, _ options: ODBCDatabase.Options,
        _ dialect: SQLDialect, _ session: ServerSession, size: Int
    ) {
        self.address = address
        self.credential = credential
        self.options = options
        self.dialect = dialect
        self.session = session
        queue = WorkQueue(workers: max(size, 1))
        for _ in 0..<max(size, 1) { add(nil) }
        let thread = Thread { self.watch() }
        thread.name = "odbc-watch"
        thread.start()
    }

    private func add(_ unfinished: UnfinishedCommit?) {
        let worker = ODBCWorker(self)
        workers.withLock { $0.append(worker) }
        worker.start(unfinished)
    }

    func ended(_ worker: ODBCWorker) {
        workers.withLock { workers in workers.removeAll { $0 === worker } }
        queue.workerEnded()
    }

    /// Until there is no worker left.
    private func watch() {
        let tick = min(1, options.grace / .seconds(2))
        while case let workers = workers.withLock({ $0 }), !workers.isEmpty {
            for call in queue.expire(after: options.waitTimeout) {
                call.finish(
                    StoreError(
                        .busy,
                        "no connection to the database \(address) became free for \(options.waitTimeout.text): try again later, "
                            + "and see whether the database is slow"))
            }
            for worker in workers { look(at: worker) }
            Thread.sleep(forTimeInterval: tick)
        }
    }

    private func look(at worker: ODBCWorker) {
        if worker.running.isOverdue {
            // On a thread of its own: a cancellation hangs when the server does.
            Thread.detachNewThread { worker.running.cancelIfOverdue() }
        }
        guard worker.running.abandonIfOverdue(by: options.grace) else { return }
        workers.withLock { workers in workers.removeAll { $0 === worker } }
        switch worker.phase {
        case .idle: add(nil)
        case .body(let call):
            add(nil)
            call.finish(
                StoreError(
                    .connection,
                    "the database \(address) does not answer: see that it runs; nothing of this step was kept"))
        case .commit(let unfinished): add(unfinished)
        }
    }

    func connect(_ running: RunningCall) throws(StoreError) -> ODBCConnection {
        do {
            return try ODBCConnection(
                address, credential, options, dialect,
                session: session.statements(dialect, address.family, options), running: running)
        } catch let error as StoreError { throw error } catch {
            throw StoreError(.permission, "no password for the database \(address): \(error)")
        }
    }

    func keepsReceipts(_ connection: ODBCConnection) throws -> Bool {
        if hasReceipts.withLock({ $0 }) { return true }
        let areKept = try WriteReceipt.areKept(on: connection)
        if areKept { hasReceipts.withLock { $0 = true } }
        return areKept
    }

    /// Once an hour for all workers together.
    func isTimeToCleanUp() -> Bool {
        guard hasReceipts.withLock({ $0 }) else { return false }
        return cleanedAt.withLock { cleanedAt in
            if let last = cleanedAt, .now - last < Self.cleaningInterval { return false }
            cleanedAt = .now
            return true
        }
    }
}
