// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A call whose task waits for the result. `run`, whose last result counts, and then `finish` once are called by the thread
/// that took the call.
package final class PendingCall<Value: Sendable>: DatabaseCall {
    private let body: @Sendable (any SQLConnection) throws -> Value
    private let continuation: CheckedContinuation<Value, any Error>
    // Touched by one thread only, see above.
    nonisolated(unsafe) private var result: Result<Value, any Error>?

    package init(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value,
        _ continuation: CheckedContinuation<Value, any Error>
    ) {
        self.body = body
        self.continuation = continuation
    }

    package func run(on connection: any SQLConnection) -> (any Error)? {
        do {
            result = .success(try body(connection))
            return nil
        } catch {
            result = .failure(error)
            return error
        }
    }

    package func finish(_ failure: StoreError?) {
        if let failure {
            continuation.resume(throwing: failure)
        } else if let result {
            continuation.resume(with: result)
        } else {
            preconditionFailure("a database call ended before it ran")
        }
    }
}
