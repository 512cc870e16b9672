// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import Testing

@Suite struct NodeTests {
    private func lease(
        _ temporary: TemporaryLedger, _ owner: String, force: Bool = false
    ) async throws -> NodeLease? {
        try await temporary.ledger.lease("planning", owner: owner, for: .seconds(60), force: force)
    }

    /// By these a judge tells whether two ever had one order at once.
    @Test func eventsSayWhoWroteThemAndUnderWhichClaim() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let right = try #require(try await ledger.lease(OrderLedger.planning, owner: "planner", for: .seconds(60)))
        let order = try #require(try await ledger.plan(batch: [.sample("ada")], under: right).made.first)
        let first = try #require(try await temporary.claim("node-1").first)
        try await ledger.record(first, OrderChange("keyed", "").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3]))
        try await ledger.hold(order.id, reason: "look", by: "eve")
        try await ledger.releaseHold(order.id, by: "eve")
        temporary.clock.advance(61)
        let second = try #require(try await temporary.claim("node-2").first)
        try await ledger.record(second, OrderChange("active", "").stage(.active))
        let events = try await ledger.events(order.id)
        #expect(events.map(\.node) == ["planner", "node-1", nil, nil, "node-2"])
        #expect(events.map(\.fence) == [nil, first.fence, nil, nil, second.fence])
        // What becomes of an order because of another one is not its owner's word.
        let next = try await ledger.plan(.sample("ada", replaces: order.id))
        let third = try #require(try await temporary.claim("node-1").first)
        #expect(third.orderID == next.id)
        try await ledger.record(third, OrderChange("active", "").stage(.active))
        let end = try #require(try await ledger.events(order.id).last)
        #expect(end.kind == "superseded" && end.node == "node-1" && end.fence == nil)
    }

    @Test func oneNodeAtATimeHasARight() async throws {
        let temporary = try await TemporaryLedger()
        let first = try #require(try await lease(temporary, "one"))
        #expect(try await lease(temporary, "two") == nil)
        temporary.clock.advance(50)
        // Whoever keeps it keeps its number, too.
        #expect(try await lease(temporary, "one")?.fence == first.fence)
        temporary.clock.advance(50)
        #expect(try await lease(temporary, "two") == nil)
        temporary.clock.advance(61)
        let second = try #require(try await lease(temporary, "two"))
        #expect(second.fence > first.fence)
        #expect(try await lease(temporary, "one") == nil)
        #expect(try await temporary.ledger.holds("planning", owner: "two"))
        #expect(try await !temporary.ledger.holds("planning", owner: "one"))
        #expect(try await temporary.ledger.isTaken("planning"))
        #expect(try await !temporary.ledger.isTaken("comparison"))
        // Given back, it is free at once; one that is lost gives nothing back.
        try await temporary.ledger.release(first)
        #expect(try await lease(temporary, "one") == nil)
        try await temporary.ledger.release(second)
        let third = try #require(try await lease(temporary, "one"))
        #expect(third.fence > second.fence)
        #expect(try await lease(temporary, "three", force: true) != nil)
    }

    @Test func manyWhoAskAtOnceGetItOnce() async throws {
        let temporary = try await TemporaryLedger()
        let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask { try await self.lease(temporary, "node-\(number)") != nil }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(winners == 1)
    }

    /// A node that stood still for ten minutes plans nothing when it comes back.
    @Test func whatIsPlannedWithoutTheRightIsNotMade() async throws {
        let temporary = try await TemporaryLedger()
        let first = try #require(try await lease(temporary, "one"))
        #expect(try await temporary.ledger.plan(batch: [.sample("ada")], under: first).made.count == 1)
        temporary.clock.advance(600)
        // Nobody has taken it over.
        #expect(try await temporary.ledger.plan(batch: [.sample("bob")], under: first).made.count == 1)
        _ = try await lease(temporary, "two")
        await #expect(throws: LedgerError.self) {
            try await temporary.ledger.plan(batch: [.sample("cyd")], under: first)
        }
        #expect(try await temporary.ledger.orders().count == 2)
    }

    @Test func nodesSayWhatTheyHaveInHand() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let one = GatewayNode(id: "one", host: "a.example", startedAt: temporary.clock.now())
        let two = GatewayNode(id: "two", host: "b.example", startedAt: temporary.clock.now() + 1)
        #expect(try await ledger.beat(one) == 1)
        #expect(try await ledger.beat(two) == 2)
        _ = try await lease(temporary, "two")
        _ = try await ledger.plan(batch: (0..<5).map { .sample("user-\($0)") })
        _ = try await temporary.claim("one", limit: 3)
        var nodes = try await ledger.nodes()
        #expect(nodes.map(\.id) == ["one", "two"])
        #expect(nodes.map(\.orders) == [3, 0] && nodes.map(\.isPlanning) == [false, true])
        #expect(nodes.map(\.isAtWork) == [true, true])
        temporary.clock.advance(61)
        #expect(try await ledger.beat(two) == 1)
        nodes = try await ledger.nodes()
        #expect(nodes.map(\.isAtWork) == [false, true])
        #expect(nodes.map(\.isPlanning) == [false, false])
        try await ledger.leave(two)
        #expect(try await ledger.nodes().map(\.id) == ["one"])
        temporary.clock.advance(8 * 86_400)
        _ = try await ledger.beat(two)
        #expect(try await ledger.nodes().map(\.id) == ["two"])
    }
}
