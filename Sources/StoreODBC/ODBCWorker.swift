// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import Synchronization

/// A thread with a connection of its own that works for the pool: one call at a time, each in a transaction of its own.
final class ODBCWorker: Sendable {
    /// How often a body runs at most.
    static let attempts = 5
    private static let pauses = 0.02...0.5

    enum Phase {
        case idle
        /// Nothing of the call has been kept.
        case body(any DatabaseCall)
        case commit(UnfinishedCommit)
    }

    private enum Step {
        /// The caller has been told.
        case told
        /// The call has ended: with its own result, or with this error.
        case ended(StoreError?)
        /// Nothing was kept, and it may go better now.
        case again(StoreError)
    }

    let running = RunningCall()
    private let pool: ODBCPool
    private let state = Mutex(Phase.idle)
    // Touched by this worker's thread only.
    nonisolated(unsafe) private var connection: ODBCConnection?

    init(_ pool: ODBCPool) { self.pool = pool }

    /// What it works on; who gives the worker up takes care of it.
    var phase: Phase { state.withLock { $0 } }

    /// - Parameter unfinished: what a worker that was given up has left.
    func start(_ unfinished: UnfinishedCommit? = nil) {
        let thread = Thread { self.run(unfinished) }
        thread.name = "odbc-\(pool.session)"
        thread.start()
    }

    private func run(_ unfinished: UnfinishedCommit?) {
        if let unfinished {
            switch settle(unfinished) {
            case .ended(let error): finish(unfinished.call, error)
            case .again(let error): finish(unfinished.call, error)
            case .told: break
            }
        }
        while !running.isAbandoned, let call = pool.queue.take(upTo: 1)?.first { serve(call) }
        dropConnection()
        // One that was given up has a successor.
        if !running.isAbandoned { pool.ended(self) }
    }

    private func serve(_ call: any DatabaseCall) {
        var attempt = 1
        while true {
            state.withLock { $0 = .body(call) }
            switch pool.session == .reading ? read(call) : write(call) {
            case .told: return
            case .ended(let error): return finish(call, error)
            case .again(let error):
                if attempt >= Self.attempts || running.isAbandoned { return finish(call, error) }
                attempt += 1
                // Chance, or two that undid each other would meet again.
                Thread.sleep(forTimeInterval: .random(in: Self.pauses))
            }
        }
    }

    private func finish(_ call: any DatabaseCall, _ error: StoreError?) {
        // Otherwise who gave this worker up has told the caller, or lets another one tell.
        guard !running.isAbandoned else { return }
        state.withLock { $0 = .idle }
        call.finish(error)
    }

    private func read(_ call: any DatabaseCall) -> Step {
        let connection: ODBCConnection
        do { connection = try connected() } catch { return .ended(error) }
        let thrown = call.run(on: connection)
        if let failure = connection.failure { return undo(failure, thrown) }
        finish(call, nil)
        if !connection.rollback() { dropConnection() }
        return .told
    }

    private func write(_ call: any DatabaseCall) -> Step {
        let connection: ODBCConnection
        do { connection = try connected() } catch { return .ended(error) }
        let thrown = call.run(on: connection)
        if let failure = connection.failure { return undo(failure, thrown) }
        guard thrown == nil, connection.hasWritten else {
            if !connection.rollback() { dropConnection() }
            return .ended(nil)
        }
        var unfinished = UnfinishedCommit(call: call, options: pool.options)
        do {
            if let proof = connection.proof {
                unfinished.evidence = proof
            } else if try pool.keepsReceipts(connection) {
                let receipt = WriteReceipt()
                try receipt.write(on: connection)
                unfinished.evidence = receipt
            }
        } catch {
            return connection.failure.map { undo($0, nil) } ?? .ended(error as? StoreError)
        }
        state.withLock { $0 = .commit(unfinished) }
        do {
            try connection.commit()
        } catch {
            guard let failure = connection.failure else { return .ended(error) }
            if failure.hasUndoneCommit { return undo(failure, nil) }
            dropConnection()
            return settle(unfinished)
        }
        finish(call, nil)
        cleanUp(connection)
        return .told
    }

    /// Ends a transaction in which a call into the driver has failed. Never by COMMIT.
    private func undo(_ failure: ServerFailure, _ thrown: (any Error)?) -> Step {
        if connection?.rollback() != true { dropConnection() }
        if failure.mayRunAgain { return .again(failure.error) }
        // A body that goes on as if nothing had happened gets what happened; one that throws has its own words for it.
        return .ended(thrown == nil ? failure.error : nil)
    }

    /// Finds out about a COMMIT whose confirmation was lost.
    private func settle(_ unfinished: UnfinishedCommit) -> Step {
        state.withLock { $0 = .commit(unfinished) }
        while let evidence = unfinished.evidence, unfinished.deadline > .now, !running.isAbandoned {
            if let connection = try? connected() {
                switch evidence.isCommitted(on: connection) {
                case true?: return .ended(nil)
                case false?: return .again(unfinished.undone(pool.address))
                case nil: break
                }
            }
            // Never the connection of a try that failed.
            dropConnection()
            Thread.sleep(forTimeInterval: Self.pauses.upperBound)
        }
        return .ended(unfinished.unknown(pool.address))
    }

    private func cleanUp(_ connection: ODBCConnection) {
        guard pool.isTimeToCleanUp() else { return }
        connection.beginTransaction()
        // What fails now is done in an hour.
        let isDone = (try? WriteReceipt.deleteOld(on: connection)) != nil && (try? connection.commit()) != nil
        if !isDone, !connection.rollback() { dropConnection() }
    }

    private func connected() throws(StoreError) -> ODBCConnection {
        if let connection {
            connection.beginTransaction()
            return connection
        }
        let made = try pool.connect(running)
        connection = made
        return made
    }

    private func dropConnection() {
        connection?.close()
        connection = nil
    }
}
