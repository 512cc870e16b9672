// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

@Suite(.timeLimit(.minutes(5))) struct ConcurrencyLimitTests {
    @Test(arguments: [(1, 50), (3, 1000), (64, 10)])
    func theLimitIsNeverExceededAndEverybodyGetsThrough(_ limit: Int, _ tasks: Int) async throws {
        let concurrency = ConcurrencyLimit(limit)
        let running = Noted((now: 0, most: 0, done: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    try await concurrency.run {
                        running.change {
                            $0.now += 1
                            $0.most = max($0.most, $0.now)
                        }
                        await Task.yield()
                        running.change {
                            $0.now -= 1
                            $0.done += 1
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(running.value.most <= limit)
        #expect(running.value.done == tasks)
        #expect(running.value.now == 0)
    }

    @Test func theFirstToAskIsTheFirstToGo() async throws {
        let concurrency = ConcurrencyLimit(1)
        let gate = Gate()
        let order = Noted<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await concurrency.run { await gate.pass() } }
            try await gate.arrival()
            for number in 0..<20 {
                group.addTask { try await concurrency.run { order.change { $0.append(number) } } }
                while concurrency.waitingCount <= number { await Task.yield() }
            }
            gate.open()
            try await group.waitForAll()
        }
        #expect(order.value == Array(0..<20))
    }

    /// Who is told to stop does not wait for those before him.
    @Test func cancellationEndsTheWait() async throws {
        let concurrency = ConcurrencyLimit(1)
        let gate = Gate()
        let holder = Task { try await concurrency.run { await gate.pass() } }
        try await gate.arrival()
        let waiter = Task { try await concurrency.run {} }
        while concurrency.waitingCount == 0 { await Task.yield() }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(concurrency.waitingCount == 0)
        gate.open()
        try await holder.value
        #expect(try await concurrency.run { true })
    }

    @Test func anErrorGivesThePlaceBack() async throws {
        struct Failure: Error {}
        let concurrency = ConcurrencyLimit(1)
        for _ in 0..<3 { await #expect(throws: Failure.self) { try await concurrency.run { throw Failure() } } }
        #expect(try await concurrency.run { 5 } == 5)
    }

    @Test func aLimitBelowOneIsOne() async throws { #expect(try await ConcurrencyLimit(0).run { true }) }
}
