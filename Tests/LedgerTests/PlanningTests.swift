// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import Testing

@Suite struct PlanningTests {
    @Test func aPlannedOrderIsReadBackAsItWasMade() async throws {
        let temporary = try await TemporaryLedger()
        let order = try await temporary.plan("ada")
        #expect(order.reference.wholeMatch(of: /cw-[a-z2-7]{20}/) != nil)
        #expect(order.stage == .planned && order.attempt == 0 && order.nextActionAt == nil)
        #expect(try await temporary.ledger.order(order.id) == order)
        #expect(try await temporary.ledger.order(reference: order.reference) == order)
        let events = try await temporary.ledger.events(order.id)
        #expect(events.map(\.kind) == ["planned"])
        #expect(events.map(\.sequence) == [1])
    }

    @Test func aHundredRacersMakeOneOrder() async throws {
        let temporary = try await TemporaryLedger()
        let made = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<100 {
                group.addTask {
                    if number % 10 == 0 {
                        return try await temporary.ledger.plan(batch: [.sample("ada"), .sample("ada")]).made.count
                    }
                    do {
                        _ = try await temporary.plan("ada")
                        return 1
                    } catch LedgerError.alreadyOpen(let order) {
                        #expect(order.subscriberID == "ada")
                        return 0
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(made == 1)
        #expect(try await temporary.ledger.orders().count == 1)
    }

    @Test func theDatabaseItselfForbidsASecondOpenOrder() async throws {
        let temporary = try await TemporaryLedger()
        let order = try await temporary.plan("ada")
        let other = try await temporary.plan("bob")
        let error = await #expect(throws: StoreError.self) {
            try await temporary.database.write { connection in
                try connection.execute(
                    "UPDATE orders SET open_key = 'smime|ada' WHERE id = ?", [.integer(other.id)])
            }
        }
        #expect(error?.code == .constraint)
        #expect(try await temporary.ledger.order(order.id) == order)
    }

    @Test func aBatchLeavesOutWhatExists() async throws {
        let temporary = try await TemporaryLedger()
        _ = try await temporary.plan("ada")
        let (made, skipped, _) = try await temporary.ledger.plan(batch: ["ada", "bob", "cyd"].map { .sample($0) })
        #expect(made.map(\.subscriberID) == ["bob", "cyd"])
        #expect(skipped == 1)
        #expect(Set(made.map(\.id)).count == 2)
    }

    /// A batch goes by what the planner knew, as a single intent does.
    @Test func aBatchGoesByTheTruth() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        var active: [Int64] = []
        for (number, name) in ["ada", "bob", "cyd"].enumerated() {
            let claim = try await temporary.claimed(name)
            try await ledger.record(claim, OrderChange("active", "done").stage(.active).certificate(.sample(number)))
            active.append(claim.orderID)
        }
        let failed = try await temporary.claimed("dee")
        try await ledger.record(failed, OrderChange("failed", "no").stage(.failed))
        var unaware = NewOrder.sample("dee")
        unaware.newestKnown = 0
        var aware = unaware
        aware.newestKnown = failed.orderID
        let batch: [NewOrder] = [
            .sample("ada"), .sample("bob", replaces: active[1]), .sample("cyd", replaces: active[0]), unaware,
            .sample("eve"), .sample("eve"), .sample("ada", template: "logon"),
        ]
        let (made, skipped, _) = try await ledger.plan(batch: batch)
        #expect(made.map { "\($0.template) \($0.subscriberID)" } == ["smime bob", "smime eve", "logon ada"])
        #expect(skipped == 4)
        #expect(try await ledger.plan(batch: [aware]).made.map(\.subscriberID) == ["dee"])
        for order in made { #expect(try await ledger.order(order.id) == order) }
        #expect(try await ledger.events(made[0].id).map(\.kind) == ["planned"])
        // The reference follows from how many have left before, however it was planned.
        let later = try await ledger.references(from: made[1], count: 2)
        let claim = try #require(try await temporary.claim(limit: 9).first { $0.orderID == made[1].id })
        try await ledger.record(claim, OrderChange("submitted", "gone").stage(.submitted).submission(at: Date()))
        try await ledger.record(claim, OrderChange("rejected", "no").stage(.rejected))
        #expect(try await ledger.plan(.sample("eve")).reference == later[1])
    }

    /// An order that has ended and never left gives its reference back: numbers that nothing at a CA has would hide from a database that
    /// is put back what has left after them.
    @Test(arguments: [false, true]) func whatNeverLeftUsesNoReferenceUp(inBatches: Bool) async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        func plan() async throws -> Order {
            if !inBatches { return try await ledger.plan(.sample("ada")) }
            return try #require(try await ledger.plan(batch: [.sample("ada"), .sample("bob")]).made.first)
        }
        let first = try await plan()
        for _ in 0..<5 {
            let claim = try #require(try await temporary.claim(limit: 9).first { $0.order.subscriberID == "ada" })
            try await ledger.record(claim, OrderChange(OrderEnding.withdrawnEvent, "changed").stage(.cancelled))
            #expect(try await plan().reference == first.reference)
        }
        let former = try #require(try await ledger.order(first.id))
        #expect(former.reference != first.reference && former.stage == .cancelled)
        #expect(try await ledger.events(first.id).last?.kind == "renamed")
        #expect(try await ledger.order(reference: first.reference)?.stage == .planned)
        let claim = try #require(try await temporary.claim(limit: 9).first { $0.order.subscriberID == "ada" })
        try await ledger.record(claim, OrderChange("submitted", "gone").stage(.submitted).submission(at: Date()))
        try await ledger.record(claim, OrderChange("rejected", "no").stage(.rejected))
        let next = try await plan()
        #expect(next.reference == (try await ledger.references(from: claim.order, count: 2))[1])
        #expect(try await ledger.references(from: next, count: 1) == [next.reference])
    }

    @Test func anActiveOrderIsReplacedOnlyByWhoKnowsIt() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await temporary.claimed("ada")
        let active = try await ledger.record(
            claim, OrderChange("active", "done").stage(.active).certificate(.sample(1)))
        let others = [("bob", "smime"), ("ada", "logon")]
        for (number, (person, template)) in others.enumerated() {
            let claim = try await temporary.claimed(person, template: template)
            try await ledger.record(
                claim, OrderChange("active", "done").stage(.active).certificate(.sample(10 + number)))
        }
        #expect(try await ledger.certificates().allSatisfy { $0.status == .active })
        await #expect(throws: LedgerError.self) { try await temporary.plan("ada") }
        await #expect(throws: LedgerError.self) { try await ledger.plan(.sample("ada", replaces: 999)) }

        let renewal = try await ledger.plan(.sample("ada", replaces: active.id))
        let next = try #require(try await temporary.claim().first)
        #expect(next.orderID == renewal.id)
        try await ledger.record(next, OrderChange("active", "done").stage(.active).certificate(.sample(2)))
        #expect(try await ledger.order(active.id)?.stage == .superseded)
        #expect(try await ledger.events(active.id).map(\.kind) == ["planned", "active", "superseded"])
        let superseded = try await ledger.certificates().filter { $0.status != .active }
        #expect(superseded.map(\.orderID) == [active.id] && superseded.map(\.status) == [.superseded])
    }

    @Test func standingsTellWhoNeedsNothing() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let active = try await temporary.claimed("ada")
        try await ledger.record(active, OrderChange("active", "done").stage(.active).certificate(.sample(1)))
        let failed = try await temporary.claimed("bob")
        try await ledger.record(failed, OrderChange("failed", "no").stage(.failed))
        let reopened = try await temporary.plan("bob")
        _ = try await temporary.plan("cyd", template: "other")

        let standings = try await ledger.standings(template: "smime", subscriberIDs: ["ada", "bob", "cyd", "dee"])
        #expect(standings.keys.sorted() == ["ada", "bob"])
        #expect(standings["ada"]?.stage == .active)
        #expect(standings["ada"]?.notAfter == NewCertificate.sample(1).notAfter)
        #expect(standings["bob"]?.orderID == reopened.id)
    }
}
