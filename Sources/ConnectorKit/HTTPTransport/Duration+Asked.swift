// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// A time that somebody outside tells in seconds, as far as arithmetic bears it: no longer than three hundred years.
    ///
    /// It is not made fit here, because what fits depends on its use, and an alarm should name what was asked for. Each use has
    /// one place: the schedules of the enrollment engine for orders (a floor that grows, a day at most),
    /// `SlidingWindowRateLimiter.pause` for all calls to a backend CA, `RetryPolicy` for calls to Microsoft Graph, and
    /// `init(tokenLifetime:)` for tokens.
    ///
    /// - Returns: nil for a negative number and for what is none.
    public init?(asked seconds: Double) {
        guard seconds >= 0 else { return nil }
        let seconds = min(seconds, 1e10)
        // A double of seconds becomes a duration some attoseconds off.
        self = Int64(exactly: seconds).map { .seconds($0) } ?? .seconds(seconds)
    }

    /// How long a token counts as valid that is said to live for so long: at least a minute, because one that ends at once would
    /// mean a login before every call, and at most a day. A service that ends it earlier answers 401, and a new one is fetched.
    ///
    /// - Parameter seconds: what was told; nil where nothing was, or nothing that is a number.
    /// - Returns: nil for nil.
    public init?(tokenLifetime seconds: Double?) {
        guard let seconds, !seconds.isNaN else { return nil }
        self = .seconds(min(max(seconds, 60), 86_400))
    }
}
