// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The budget of one backend CA, shared by all work on it.
public protocol RateLimiter: Sendable {
    /// Waits until one more request fits every limit, in the order of asking.
    func acquire() async throws
    /// The CA asked us to stop for `duration`; every caller waits.
    func pause(for duration: Duration) async
}
