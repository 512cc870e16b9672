// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Calls that wait for a thread. Closing lets the threads finish what was asked before.
package final class WorkQueue: Sendable {
    private struct State {
        var calls: [(call: any DatabaseCall, since: ContinuousClock.Instant)] = []
        var workers: Int
        var isClosed = false
        var whenEnded: [@Sendable () -> Void] = []
    }

    private let condition = NSCondition()
    // Read and written only between condition.lock and unlock.
    nonisolated(unsafe) private var state: State

    /// - Parameter workers: threads that will call `take` until it returns nil, and then `workerEnded`.
    package init(workers: Int) { state = State(workers: workers) }

    package func append(_ call: any DatabaseCall) {
        let isClosed = condition.withLock {
            if !state.isClosed { state.calls.append((call, .now)) }
            return state.isClosed
        }
        if isClosed {
            call.finish(StoreError(.connection, "the database is closed: the gateway is stopping"))
        } else {
            condition.signal()
        }
    }

    /// Waits for work.
    ///
    /// - Returns: what there is, at most `count`; nothing at the deadline, if there is one; nil once the queue is closed and empty.
    package func take(upTo count: Int, until deadline: Date? = nil) -> [any DatabaseCall]? {
        condition.withLock {
            while state.calls.isEmpty {
                if state.isClosed { return nil }
                if let deadline {
                    if !condition.wait(until: deadline) { break }
                } else {
                    condition.wait()
                }
            }
            let taken = state.calls.prefix(count).map(\.call)
            state.calls.removeFirst(taken.count)
            return taken
        }
    }

    /// Takes out what has waited longer than `limit` and that no thread has taken.
    package func expire(after limit: Duration) -> [any DatabaseCall] {
        condition.withLock {
            // The oldest ones stand first.
            let expired = state.calls.prefix { .now - $0.since > limit }.map(\.call)
            state.calls.removeFirst(expired.count)
            return expired
        }
    }

    package func workerEnded() {
        let whenEnded: [@Sendable () -> Void] = condition.withLock {
            state.workers -= 1
            guard state.workers == 0 else { return [] }
            defer { state.whenEnded = [] }
            return state.whenEnded
        }
        for tell in whenEnded { tell() }
    }

    package func close(_ whenEnded: @escaping @Sendable () -> Void) {
        let isEnded = condition.withLock {
            state.isClosed = true
            if state.workers > 0 { state.whenEnded.append(whenEnded) }
            return state.workers == 0
        }
        condition.broadcast()
        if isEnded { whenEnded() }
    }

    package func close() async { await withCheckedContinuation { continuation in close { continuation.resume() } } }
}
