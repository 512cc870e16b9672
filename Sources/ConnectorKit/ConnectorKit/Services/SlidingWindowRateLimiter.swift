// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// Keeps several limits at once over sliding windows, such as 100 requests in 5 s and 1000 in 180 s.
///
/// Callers are served in the order in which they ask. While there is room, asking costs one actor call and does not wait.
/// For room within the limits a caller waits, however long: an operation of several calls, such as the pages of a search,
/// would begin anew each time it was sent away, and use up the room for nothing. Through a pause that the CA has asked for
/// nobody waits long: the caller is sent away with the time to come back, so that its order says what it waits for.
public actor SlidingWindowRateLimiter: RateLimiter {
    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    /// How long a caller waits at the head of the queue for the end of a pause.
    private static let patience = Duration.seconds(15)
    /// What `pause` makes of a time that came over the network and may be any; a caller that comes back after a day finds out
    /// whether it still holds. This is the place for calls; when an order is tried again, the schedules of the host decide.
    private static let pauses = Duration.seconds(1)...Duration.seconds(86_400)

    private let limits: Mutex<[RateLimit]>
    private let clock: any ConnectorClock
    /// When the latest requests were let through, oldest first; as many as the largest limit looks back.
    private var granted: [Date] = []
    private var pausedUntil = Date.distantPast
    private var lastSeen = Date.distantPast
    private var waiters: [Waiter] = []
    private var lastID = 0
    private var isServing = false

    /// - Parameter limits: all must hold; with none, only `pause` makes callers wait. A limit below one request counts
    ///   as one.
    public init(limits: [RateLimit], clock: any ConnectorClock = SystemClock()) {
        self.limits = Mutex(Self.usable(limits))
        self.clock = clock
    }

    /// From now on other limits hold. What was let through before counts for them, too.
    public nonisolated func replaceLimits(_ limits: [RateLimit]) {
        self.limits.withLock { $0 = Self.usable(limits) }
    }

    private static func usable(_ limits: [RateLimit]) -> [RateLimit] {
        limits.map { RateLimit(requests: max(1, $0.requests), per: $0.per) }
    }

    public func acquire() async throws {
        try Task.checkCancellation()
        if waiters.isEmpty {
            let now = readClock()
            guard delay(at: now) != nil else { return grant() }
            if let pause = longPause(at: now) { throw pause }
        }
        lastID += 1
        let id = lastID
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiters.append(Waiter(id: id, continuation: continuation))
                serve()
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
    }

    public func pause(for duration: Duration) {
        let duration = min(max(duration, Self.pauses.lowerBound), Self.pauses.upperBound)
        pausedUntil = max(pausedUntil, readClock().addingTimeInterval(duration / .seconds(1)))
    }

    /// What a caller is sent away with; nil when waiting is in order.
    private func longPause(at now: Date) -> ConnectorError? {
        let left = Duration.seconds(pausedUntil.timeIntervalSince(now))
        guard left > Self.patience else { return nil }
        let seconds = Int((left / .seconds(1)).rounded(.up))
        return ConnectorError(
            .throttled, "no call to the CA for \(seconds) s: it has asked for a pause", retryAfter: left)
    }

    /// How many callers wait now.
    var waitingCount: Int { waiters.count }

    private func abandon(_ id: Int) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).continuation.resume(throwing: CancellationError())
    }

    /// Lets waiters through as room appears; at most one task does so at a time, and only while somebody waits.
    private func serve() {
        guard !isServing else { return }
        isServing = true
        Task {
            while !waiters.isEmpty {
                let now = readClock()
                if let pause = longPause(at: now) {
                    waiters.removeFirst().continuation.resume(throwing: pause)
                } else if let delay = delay(at: now) {
                    // In steps, since a pause may come meanwhile. The task is nobody's child and nobody cancels it.
                    try? await clock.sleep(for: min(delay, Self.patience))
                } else {
                    grant()
                    waiters.removeFirst().continuation.resume()
                }
            }
            isServing = false
        }
    }

    /// The time; when the clock was set back, what is remembered moves with it, so that nobody waits for the old time.
    private func readClock() -> Date {
        let now = clock.now()
        if now < lastSeen {
            let shift = now.timeIntervalSince(lastSeen)
            granted = granted.map { $0.addingTimeInterval(shift) }
            pausedUntil.addTimeInterval(shift)
        }
        lastSeen = now
        return now
    }

    private func grant() {
        granted.append(lastSeen)
        let memory = limits.withLock { $0.map(\.requests).max() ?? 0 }
        if granted.count > memory { granted.removeFirst(granted.count - memory) }
    }

    /// How long the next request has to wait; nil when it may go now.
    private func delay(at now: Date) -> Duration? {
        var delay = Duration.seconds(pausedUntil.timeIntervalSince(now))
        for limit in limits.withLock(\.self) where granted.count >= limit.requests {
            let window = limit.per + Self.margin(limit.per)
            let age = now.timeIntervalSince(granted[granted.count - limit.requests])
            delay = max(delay, window - .seconds(age))
        }
        return delay > .zero ? delay : nil
    }

    /// The CA counts when requests arrive, we when they leave: a slow one before a fast one comes closer than we meant.
    private static func margin(_ window: Duration) -> Duration { min(window / 10, .seconds(1)) }
}
