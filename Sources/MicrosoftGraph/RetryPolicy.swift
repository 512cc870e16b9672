// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How often and how long a request is tried again before the failure goes to the caller.
public struct RetryPolicy: Sendable {
    /// Attempts in all, the first one included.
    public var attempts = 6
    /// Wait before the second attempt; doubles each time.
    public var firstDelay = Duration.seconds(1)
    public var longestDelay = Duration.seconds(60)
    /// A longer wait asked for by the service is left to the caller, who has other work meanwhile.
    public var longestRetryAfter = Duration.seconds(120)
    /// How long attempts may take together, pauses left out: who lets each of them run into its time-out is not asked again and
    /// again before anybody is told.
    public var longestWork = Duration.seconds(100)
    /// An attempt that fails after so long is told at once, not only when all have failed.
    public var longAttempt = Duration.seconds(20)

    public init() {}

    /// Where somebody waits for the answer (`Patience`): once more, for a connection that has just been closed, and then it is said
    /// who does not answer.
    static let whileSomebodyWaits: RetryPolicy = {
        var policy = RetryPolicy()
        policy.attempts = 2
        policy.longestRetryAfter = .seconds(2)
        policy.longestWork = .seconds(10)
        return policy
    }()

    /// The wait after `attempt` attempts; nil gives up. Without a word of the service it is drawn from the upper half
    /// of the doubling series, so that clients that failed together do not come back together. A service that says "at once"
    /// is asked no faster than after the first failure.
    func delay(after attempt: Int, retryAfter: Duration?) -> Duration? {
        guard attempt < attempts else { return nil }
        if let retryAfter { return retryAfter <= longestRetryAfter ? max(retryAfter, firstDelay) : nil }
        let doubled = min(firstDelay * (1 << min(attempt - 1, 20)), longestDelay)
        return doubled * Double.random(in: 0.5...1)
    }
}
