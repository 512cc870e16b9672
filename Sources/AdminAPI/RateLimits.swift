// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How often one session or token may ask (a bucket that refills evenly), so that none takes the gateway from the others.
final class RateLimits: Sendable {
    /// Requests at once.
    static let burst = 300
    /// Requests a second that go on for ever.
    static let pace = 30.0
    /// Buckets that are kept; full ones are forgotten first.
    private static let capacity = 10_000

    struct Standing {
        let remaining: Int
        /// Seconds until the bucket is full again.
        let reset: Int

        /// As draft-ietf-httpapi-ratelimit-headers-10 has them.
        var headers: [(name: String, value: String)] {
            let window = Int((Double(RateLimits.burst) / RateLimits.pace).rounded(.up))
            return [
                ("RateLimit-Policy", "\"default\";q=\(RateLimits.burst);w=\(window)"),
                ("RateLimit", "\"default\";r=\(remaining);t=\(reset)"),
            ]
        }
    }

    private struct Bucket {
        var tokens: Double
        var at: ContinuousClock.Instant
    }

    private let buckets = Mutex<[String: Bucket]>([:])

    /// Counts one request.
    ///
    /// - Throws: `APIProblem` 429.
    func take(_ key: String, at now: ContinuousClock.Instant = .now) throws(APIProblem) -> Standing {
        let (burst, pace) = (Double(Self.burst), Self.pace)
        let left = buckets.withLock { buckets -> Double in
            if buckets.count >= Self.capacity {
                buckets = buckets.filter {
                    $0.value.tokens + $0.value.at.duration(to: now) / .seconds(1) * pace < burst
                }
            }
            var bucket = buckets[key] ?? Bucket(tokens: burst, at: now)
            let rest = max(0, bucket.at.duration(to: now) / .seconds(1))
            bucket.tokens = min(burst, bucket.tokens + rest * pace) - 1
            bucket.at = now
            let left = bucket.tokens
            if left < 0 { bucket.tokens += 1 }
            buckets[key] = bucket
            return left
        }
        let standing = Standing(
            remaining: max(0, Int(left)), reset: Int(((burst - max(0, left)) / pace).rounded(.up)))
        guard left >= 0 else {
            throw APIProblem(
                429, .tooMany, "You ask too often.",
                "more than \(Self.burst) requests at once, or \(Int(pace)) a second",
                nextStep: "Wait, then ask again.", retryAfter: 1,
                headers: Dictionary(standing.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
        }
        return standing
    }
}
