// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The budget of one backend CA, shared by all work on it.
public protocol RateLimiter: Sendable {
    /// Waits until one more request fits every limit, in the order of asking. Ask before anything leaves: who is sent away has
    /// sent nothing.
    ///
    /// - Throws: `ConnectorError` of kind `throttled`, with the time to come back, where that takes more than some seconds;
    ///   `CancellationError` at once when the task is cancelled.
    func acquire() async throws
    /// The CA asked us to stop for `duration`, whatever it is; every caller waits.
    func pause(for duration: Duration) async
}
