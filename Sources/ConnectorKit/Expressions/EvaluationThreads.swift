// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A few threads for evaluations that take long, started when there is the first of them. More of them wait for their turn.
final class EvaluationThreads: Sendable {
    static let shared = EvaluationThreads(count: 4)

    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var idle = 0
        var started = 0
    }

    private let count: Int
    private let condition = NSCondition()
    // Read and written only between condition.lock and unlock.
    nonisolated(unsafe) private var state = State()

    init(count: Int) { self.count = count }

    func run(_ job: @escaping @Sendable () -> Void) {
        let needsThread = condition.withLock {
            state.waiting.append(job)
            guard state.idle < state.waiting.count, state.started < count else { return false }
            state.started += 1
            return true
        }
        if needsThread {
            let thread = Thread { [self] in work() }
            thread.name = "jq-long"
            thread.start()
        } else {
            condition.signal()
        }
    }

    private func work() {
        while true {
            let job = condition.withLock {
                state.idle += 1
                while state.waiting.isEmpty { condition.wait() }
                state.idle -= 1
                return state.waiting.removeFirst()
            }
            job()
        }
    }
}
