// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Evaluates expressions without keeping a thread of Swift's pool, which has one for each core, from everybody else.
public enum LongEvaluation {
    /// Runs work that consists of evaluations: on the spot, as nearly all are over in microseconds, and where one takes
    /// longer than about 10 ms, once more from the beginning on a thread that is there for such work.
    ///
    /// - Parameter body: has no effect but its result, because it may run twice; must not wait for other tasks.
    /// - Throws: what `body` throws.
    public static func run<Output: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Output
    ) async throws(Failure) -> Output {
        let attempt = EvaluationAttempt()
        let result = EvaluationAttempt.$current.withValue(attempt) {
            Result { () throws(Failure) -> Output in try body() }
        }
        guard attempt.wasGivenUp else { return try result.get() }
        let whole: Result<Output, Failure> = await withCheckedContinuation { continuation in
            EvaluationThreads.shared.run {
                continuation.resume(returning: Result { () throws(Failure) -> Output in try body() })
            }
        }
        return try whole.get()
    }
}
