// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Enrollment

@Suite struct ConcurrencyLimitTests {
    @Test(arguments: [(1, 50), (3, 1000), (64, 10)])
    func theLimitIsNeverExceededAndEverybodyGetsThrough(_ limit: Int, _ tasks: Int) async throws {
        let concurrency = ConcurrencyLimit(limit)
        let running = Noted((now: 0, most: 0, done: 0))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    await concurrency.run {
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
        }
        #expect(running.value.most <= limit)
        #expect(running.value.done == tasks)
        #expect(running.value.now == 0)
    }

    @Test func theFirstToAskIsTheFirstToGo() async throws {
        let concurrency = ConcurrencyLimit(1)
        let gate = Gate()
        let order = Noted<[Int]>([])
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await concurrency.run { await gate.pass() } }
            try? await gate.arrival()
            for number in 0..<20 {
                group.addTask { await concurrency.run { order.change { $0.append(number) } } }
                while concurrency.waitingCount <= number { await Task.yield() }
            }
            gate.open()
        }
        #expect(order.value == Array(0..<20))
    }

    @Test func anErrorGivesThePlaceBack() async throws {
        struct Failure: Error {}
        let concurrency = ConcurrencyLimit(1)
        for _ in 0..<3 { await #expect(throws: Failure.self) { try await concurrency.run { throw Failure() } } }
        #expect(await concurrency.run { 5 } == 5)
    }

    @Test func aLimitBelowOneIsOne() async { #expect(await ConcurrencyLimit(0).run { true }) }
}
