// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Slows down whoever tries out tokens and cookies: so many failures of one address in a while, and it waits. Kept by each node for
/// itself; random secrets of 238 bits and more need it not, but logs and databases do.
public final class FailureLimit: Sendable {
    private struct Count {
        var failures: Int
        let begin: Duration
    }

    private let most: Int
    private let window: Duration
    private let uptime: @Sendable () -> Duration
    private let counts = Mutex<[String: Count]>([:])

    /// - Parameter uptime: a time that only grows.
    public init(most: Int = 20, within window: Duration = .seconds(300), uptime: @escaping @Sendable () -> Duration) {
        (self.most, self.window, self.uptime) = (most, window, uptime)
    }

    /// How long the address has to wait; nil when it need not.
    public func wait(of address: String) -> Duration? {
        let now = uptime()
        return counts.withLock { counts in
            guard let count = counts[address], count.failures >= most, now < count.begin + window else { return nil }
            return count.begin + window - now
        }
    }

    public func note(failureOf address: String) {
        let now = uptime()
        counts.withLock { counts in
            if counts.count > 10_000 { counts = counts.filter { now < $0.value.begin + window } }
            // More addresses than that at once: better to forget all than to grow.
            if counts.count > 100_000 { counts = [:] }
            let known = counts[address].flatMap { now < $0.begin + window ? $0 : nil }
            counts[address] = Count(failures: (known?.failures ?? 0) + 1, begin: known?.begin ?? now)
        }
    }
}
