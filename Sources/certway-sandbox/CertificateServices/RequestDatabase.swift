// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The CA's request numbers, and the requests that the policy module denied: those have a number, too, and are no orders.
final class RequestDatabase: Sendable {
    struct Denied: Sendable {
        let requester: String
        /// As the pages word it.
        let message: String
        let code: StatusCode
    }

    private struct State {
        var last = 0
        var denied: [Int: Denied] = [:]
    }

    private let state = Mutex(State())

    /// - Parameter first: the least that the next number may be.
    func nextID(from first: Int? = nil) -> Int {
        state.withLock { state in
            state.last = max(state.last + 1, first ?? 0)
            return state.last
        }
    }

    func add(_ denied: Denied) -> Int {
        let id = nextID()
        state.withLock { $0.denied[id] = denied }
        return id
    }

    func denied(_ id: Int) -> Denied? { state.withLock { $0.denied[id] } }
}
