// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A request whose connection is suspended while its handler runs; the first answer counts.
final class PendingAnswer: Sendable {
    private let connection: ConnectionHandle
    private let state = Mutex(State())

    private struct State {
        var answer: ServerAnswer?
        var task: Task<Void, Never>?
    }

    init(_ connection: ConnectionHandle) { self.connection = connection }

    /// What is to be sent; nil until somebody has answered.
    var answer: ServerAnswer? { state.withLock(\.answer) }

    /// Runs the handler; its answer resumes the connection.
    func run(_ handler: @escaping @Sendable (ServerRequest) async -> ServerAnswer, _ request: ServerRequest) {
        let task = Task.detached { self.deliver(await handler(request)) }
        state.withLock { $0.task = task }
    }

    /// Answers and resumes, unless that was done before: the connection may be gone by then.
    func deliver(_ answer: ServerAnswer) {
        state.withLock { state in
            guard state.answer == nil else { return }
            state.answer = answer
            connection.resume()
        }
    }

    /// Answers in the place of the handler, whose work is cancelled.
    func giveUp(_ answer: ServerAnswer) {
        deliver(answer)
        state.withLock(\.task)?.cancel()
    }
}
