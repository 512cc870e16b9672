// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import Testing

/// Where a subscriber stands after an order without a certificate, and how a planner hears of it.
@Suite struct StandingTests {
    private func end(_ temporary: TemporaryLedger, _ kind: String, _ reason: String, _ stage: OrderStage) async throws
        -> Int64
    {
        let claim = try await temporary.claimed("ada")
        return try await temporary.ledger.record(claim, OrderChange(kind, reason).stage(stage)).id
    }

    private func standing(_ temporary: TemporaryLedger) async throws -> SubscriberStanding {
        try #require(try await temporary.ledger.standings(template: "smime", subscriberIDs: ["ada"])["ada"])
    }

    @Test(arguments: [
        (OrderStage.cancelled, "withdrawn", OrderEnding.Cause.withdrawn), (.cancelled, "cancelled", .lapsed),
        (.rejected, "rejected", .rejected), (.failed, "failed", .failed),
    ])
    func theEndingSaysWhoAndWhy(_ stage: OrderStage, _ kind: String, _ cause: OrderEnding.Cause) async throws {
        let temporary = try await TemporaryLedger()
        let id = try await end(temporary, kind, "because", stage)
        let at = temporary.clock.now()
        temporary.clock.advance(100)
        try await temporary.ledger.note(id, .mailOrder, "noted", "looked at", by: "carol")
        let ending = try #require(try await standing(temporary).ending)
        #expect((ending.cause, ending.reason, ending.attempts) == (cause, "because", 1))
        #expect(ending.at == at)
        #expect(ending.names == NewOrder.sample("ada").names && ending.request == NewOrder.sample("ada").request)
    }

    @Test func openAndActiveOrdersHaveNoEnding() async throws {
        let temporary = try await TemporaryLedger()
        let first = try await end(temporary, "rejected", "no", .rejected)
        let open = try await temporary.claimed("ada")
        #expect(try await standing(temporary).orderID == open.orderID)
        #expect(try await standing(temporary).ending == nil)
        try await temporary.ledger.record(
            open, OrderChange("active", "done").stage(.active).certificate(.sample(1)))
        #expect(try await standing(temporary).ending == nil)
        #expect(try await standing(temporary).newestOrderID == open.orderID)
        #expect(first < open.orderID)
    }

    @Test func onlyAttemptsAtTheSameCount() async throws {
        let temporary = try await TemporaryLedger()
        func attempts() async throws -> Int? { try await standing(temporary).ending?.attempts }
        _ = try await end(temporary, "rejected", "no", .rejected)
        _ = try await end(temporary, "failed", "no", .failed)
        #expect(try await attempts() == 2)
        _ = try await end(temporary, OrderEnding.withdrawnEvent, "left", .cancelled)
        _ = try await end(temporary, "rejected", "no", .rejected)
        #expect(try await attempts() == 3)
        var other = NewOrder.sample("ada")
        other.names = ["emails": ["countess@example.test"]]
        _ = try await temporary.ledger.plan(other)
        let claim = try #require(try await temporary.claim().first)
        try await temporary.ledger.record(claim, OrderChange("rejected", "no").stage(.rejected))
        #expect(try await attempts() == 1)
    }

    @Test func everyEndingIsToldOnce() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        func told(after number: Int64 = 0, _ template: String = "smime") async throws -> [StandingChange] {
            try await ledger.standingChanges(template: template, after: number, limit: 10)
        }
        let id = try await end(temporary, "failed", "no", .failed)
        let first = try #require(try await told().first)
        #expect(first.subscriberID == "ada")
        #expect(try await ledger.lastStandingChange() == first.number)
        #expect(try await told(after: first.number).isEmpty)
        #expect(try await told("other").isEmpty)
        // Notes are no news; that it goes on is.
        try await ledger.note(id, .mailOrder, "noted", "looked at", by: "carol")
        #expect(try await told(after: first.number).isEmpty)
        try await ledger.retry(id, by: "carol")
        #expect(try await told(after: first.number).count == 1)
        // A person cancels before anything has left.
        let bob = try await temporary.plan("bob")
        let last = try await ledger.lastStandingChange()
        try await ledger.requestCancel(bob.id, by: "carol")
        #expect(try await told(after: last).map(\.subscriberID) == ["bob"])
    }

    /// As with an active order: a plan made on an old reading buys nothing.
    @Test func anOrderThePlannerDidNotKnowForbidsAnother() async throws {
        let temporary = try await TemporaryLedger()
        var new = NewOrder.sample("ada")
        new.newestKnown = 0
        let first = try await end(temporary, "rejected", "no", .rejected)
        #expect(try await temporary.ledger.plan(batch: [new]).made.isEmpty)
        await #expect(throws: LedgerError.self) { try await temporary.ledger.plan(new) }
        new.newestKnown = first
        #expect(try await temporary.ledger.plan(batch: [new]).made.count == 1)
    }
}
