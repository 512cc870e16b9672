// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ConnectorKit

@Suite(.timeLimit(.minutes(5))) struct RateLimiterTests {
    private let clock = ManualClock()

    /// Lets `count` callers ask at once and moves the clock until all are through; the moments, in seconds, by caller.
    private func moments(_ limiter: SlidingWindowRateLimiter, _ count: Int) async throws -> [Double] {
        let start = clock.now()
        let passed = Recorder<(Int, Double)>()
        var tasks: [Task<Void, any Error>] = []
        for index in 0..<count {
            tasks.append(
                Task { [clock] in
                    try await limiter.acquire()
                    let moment = clock.now().timeIntervalSince(start)
                    passed.note((index, moment))
                })
        }
        while passed.all.count < count {
            // Time moves only when everybody waits or has noted the moment.
            let isSettled = await limiter.waitingCount + passed.all.count == count
            if isSettled, clock.sleeperCount > 0 { clock.advanceToNextSleeper() }
            await Task.yield()
        }
        for task in tasks { try await task.value }
        return passed.all.sorted { $0.0 < $1.0 }.map(\.1)
    }

    @Test func noWindowHoldsMoreThanItsLimit() async throws {
        let limits = [RateLimit(requests: 10, per: .seconds(2)), RateLimit(requests: 25, per: .seconds(12))]
        let moments = try await moments(SlidingWindowRateLimiter(limits: limits, clock: clock), 60).sorted()
        for limit in limits {
            for (first, last) in zip(moments, moments.dropFirst(limit.requests)) {
                #expect(last - first > limit.per / .seconds(1))
            }
        }
        // 25 in twelve seconds: the 60th comes in the third twelve, not later.
        #expect(moments[59] < 2 * 13 + 3)
        #expect(moments[9] == 0)
    }

    @Test func withinTheLimitsNobodyWaits() async throws {
        let limiter = SlidingWindowRateLimiter(limits: [RateLimit(requests: 5, per: .seconds(1))], clock: clock)
        for _ in 0..<5 { try await limiter.acquire() }
        #expect(clock.sleeperCount == 0)
    }

    @Test func aPauseHoldsEverybody() async throws {
        let limiter = SlidingWindowRateLimiter(limits: [], clock: clock)
        try await limiter.acquire()
        await limiter.pause(for: .seconds(12))
        await limiter.pause(for: .seconds(10))
        #expect(try await moments(limiter, 5) == [12, 12, 12, 12, 12])
    }

    @Test func whoWouldWaitLongForTheEndOfAPauseIsSentAwayAtOnce() async throws {
        let limiter = SlidingWindowRateLimiter(limits: [RateLimit(requests: 1, per: .seconds(5))], clock: clock)
        await limiter.pause(for: .seconds(60))
        for _ in 0..<3 {
            let error = await #expect(throws: ConnectorError.self) { try await limiter.acquire() }
            #expect(error?.kind == .throttled && error?.retryAfter == .seconds(60))
        }
        // Nobody waits, and the permit of who was sent away is still there.
        #expect(clock.sleeperCount == 0)
        clock.set(back: -60)
        try await limiter.acquire()
    }

    /// An operation of two calls and a limit of one in a minute: sent away, it would begin anew for ever.
    @Test func withinALongWindowEverybodyWaits() async throws {
        let limiter = SlidingWindowRateLimiter(limits: [RateLimit(requests: 1, per: .seconds(60))], clock: clock)
        #expect(try await moments(limiter, 4).sorted() == [0, 61, 122, 183])
    }

    @Test func aPauseSendsEverybodyAwayWhoWaits() async throws {
        let limiter = SlidingWindowRateLimiter(limits: [RateLimit(requests: 1, per: .seconds(10))], clock: clock)
        try await limiter.acquire()
        let waiting = (0..<3).map { _ in Task { try await limiter.acquire() } }
        while await limiter.waitingCount < 3 || clock.sleeperCount == 0 { await Task.yield() }
        await limiter.pause(for: .seconds(3600))
        clock.advanceToNextSleeper()
        for task in waiting {
            let result = await task.result
            let error = #expect(throws: ConnectorError.self) { try result.get() }
            #expect(error?.kind == .throttled && error?.retryAfter == .seconds(3600 - 11))
        }
        #expect(await limiter.waitingCount == 0)
    }

    @Test(
        "whatever a CA asks for, everybody waits from a second to a day",
        arguments: [
            (Duration.seconds(315_360_000), Duration.seconds(86_400)), (.seconds(Int64.max), .seconds(86_400)),
            (.zero, .seconds(1)), (.seconds(-5), .seconds(1)),
        ])
    func aPauseHasARange(asked: Duration, held: Duration) async throws {
        let limiter = SlidingWindowRateLimiter(limits: [], clock: clock)
        await limiter.pause(for: asked)
        guard held > .seconds(15) else {
            #expect(try await moments(limiter, 1) == [held / .seconds(1)])
            return
        }
        let error = await #expect(throws: ConnectorError.self) { try await limiter.acquire() }
        #expect(error?.retryAfter == held)
    }

    @Test func whoAsksFirstGoesFirst() async throws {
        let limiter = SlidingWindowRateLimiter(limits: [RateLimit(requests: 1, per: .seconds(1))], clock: clock)
        try await limiter.acquire()
        let passed = Recorder<Int>()
        for index in 0..<5 {
            Task {
                try await limiter.acquire()
                passed.note(index)
            }
            while await limiter.waitingCount <= index { await Task.yield() }
        }
        while passed.all.count < 5 {
            let isSettled = await limiter.waitingCount + passed.all.count == 5
            if isSettled, clock.sleeperCount > 0 { clock.advanceToNextSleeper() }
            await Task.yield()
        }
        #expect(passed.all == [0, 1, 2, 3, 4])
    }

    /// There is room, and the first in the queue has not been told yet: who comes now goes behind.
    @Test func whoComesWhenThereIsRoomDoesNotOvertake() async throws {
        let limiter = SlidingWindowRateLimiter(limits: [RateLimit(requests: 1, per: .seconds(10))], clock: clock)
        try await limiter.acquire()
        let passed = Recorder<Int>()
        func ask(_ index: Int) {
            Task {
                try await limiter.acquire()
                passed.note(index)
            }
        }
        ask(0)
        while clock.sleeperCount == 0 { await Task.yield() }
        // Time passes, and whoever sleeps wakes a little later.
        clock.set(back: -60)
        ask(1)
        while await limiter.waitingCount < 2, passed.all.isEmpty { await Task.yield() }
        while passed.all.count < 2 {
            if clock.sleeperCount > 0 { clock.advanceToNextSleeper() }
            await Task.yield()
        }
        #expect(passed.all == [0, 1])
    }

    @Test func aCancelledCallerLeavesTheQueueAndItsPlace() async throws {
        let limiter = SlidingWindowRateLimiter(limits: [RateLimit(requests: 1, per: .seconds(10))], clock: clock)
        try await limiter.acquire()
        let cancelled = Task { try await limiter.acquire() }
        while clock.sleeperCount == 0 { await Task.yield() }
        cancelled.cancel()
        let result = await cancelled.result
        #expect(throws: CancellationError.self) { try result.get() }
        let start = clock.now()
        let next = Task { try await limiter.acquire() }
        let done = Recorder<Bool>()
        Task {
            try await next.value
            done.note(true)
        }
        while done.all.isEmpty {
            if clock.sleeperCount > 0 { clock.advanceToNextSleeper() }
            await Task.yield()
        }
        #expect(clock.now().timeIntervalSince(start) <= 11)
    }

    @Test func aClockSetBackDoesNotStopTheWork() async throws {
        let limiter = SlidingWindowRateLimiter(limits: [RateLimit(requests: 1, per: .seconds(10))], clock: clock)
        try await limiter.acquire()
        clock.set(back: 3600)
        #expect(try await moments(limiter, 1)[0] <= 11)
    }
}
