// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import Synchronization

/// A thread for one job whose caller does not wait for ever: connecting to a server that may not answer.
enum LimitedThread {
    /// Runs `body` on a thread of its own. What it returns after the limit is let go of.
    ///
    /// - Throws: what `body` throws, or `failure` at the limit.
    static func run<Value: Sendable>(
        for limit: Duration, _ failure: StoreError, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let answer = Answer(continuation)
            Thread.detachNewThread { answer.give(Result { try body() }) }
            DispatchQueue.global().asyncAfter(deadline: .now() + limit / .seconds(1)) { answer.give(.failure(failure)) }
        }
    }

    /// The first one counts.
    private final class Answer<Value: Sendable>: Sendable {
        private let continuation: Mutex<CheckedContinuation<Value, any Error>?>

        init(_ continuation: CheckedContinuation<Value, any Error>) { self.continuation = Mutex(continuation) }

        func give(_ result: Result<Value, any Error>) {
            let waiting = continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }
            waiting?.resume(with: result)
        }
    }
}
