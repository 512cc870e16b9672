// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CODBC
import Store
import Synchronization

/// Which call into the driver a worker makes now, and since when: what a watching thread needs to end one that does not come
/// back, or to go on without it.
final class RunningCall: Sendable {
    private struct State {
        /// Address of the statement's handle, which only `SQLCancel` may be given from another thread; 0 for none.
        var statement: UInt = 0
        var since: ContinuousClock.Instant?
        var limit = Duration.zero
        var isCancelled = false
        var isAbandoned = false

        var overdue: Duration? { since.map { .now - $0 - limit } }
    }

    private let state = Mutex(State())
    /// Held while a call is being cancelled, which may take as long as the call itself.
    private let cancellation = Mutex(())

    /// - Parameter limit: how long the call may take.
    /// - Returns: false when nobody waits for this worker any more; then the call must not be made.
    func begin(_ statement: SQLHSTMT?, limit: Duration) -> Bool {
        let address = statement.map { UInt(bitPattern: $0) } ?? 0
        return state.withLock { state in
            guard !state.isAbandoned else { return false }
            state = State(statement: address, since: .now, limit: limit)
            return true
        }
    }

    /// Waits for a cancellation under way, for the handle may be freed afterwards.
    func end() {
        cancellation.withLock { _ in
            state.withLock { state in
                state.statement = 0
                state.since = nil
            }
        }
    }

    /// Cancels the call if it has taken longer than its limit; once. Blocks while the driver does.
    func cancelIfOverdue() {
        cancellation.withLock { _ in
            let address: UInt = state.withLock { state in
                guard !state.isCancelled, let overdue = state.overdue, overdue > .zero else { return 0 }
                state.isCancelled = true
                return state.statement
            }
            if let statement = SQLHSTMT(bitPattern: address) { _ = SQLCancel(statement) }
        }
    }

    var isOverdue: Bool { state.withLock { !$0.isCancelled && ($0.overdue ?? .zero) > .zero } }

    var isAbandoned: Bool { state.withLock(\.isAbandoned) }

    /// Gives a call up that has taken longer than its limit by `grace` in spite of having been cancelled.
    ///
    /// - Returns: whether it was given up now.
    func abandonIfOverdue(by grace: Duration) -> Bool {
        state.withLock { state in
            guard !state.isAbandoned, let overdue = state.overdue, overdue > grace else { return false }
            state.isAbandoned = true
            return true
        }
    }
}
