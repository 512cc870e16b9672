// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import HTTPServing
import Synchronization

/// Waits on the thread of a connection for an answer that takes its time.
final class BlockingAnswer: Sendable {
    private let answer = Mutex<ServerAnswer?>(nil)
    private let done = DispatchSemaphore(value: 0)

    static func wait(_ body: @escaping @Sendable () async -> ServerAnswer) -> ServerAnswer {
        let state = BlockingAnswer()
        Task {
            let answer = await body()
            state.answer.withLock { $0 = answer }
            state.done.signal()
        }
        state.done.wait()
        return state.answer.withLock { $0 } ?? .cutConnection
    }
}
