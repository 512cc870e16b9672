// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Store
import Testing

@Suite struct LeaseTests {
    @Test func theOldestDueOrdersComeFirstAndOnce() async throws {
        let temporary = try await TemporaryLedger()
        var planned: [Int64] = []
        for name in ["ada", "bob", "cyd"] {
            planned.append(try await temporary.plan(name, backendCA: name).id)
            temporary.clock.advance(1)
        }
        #expect(try await temporary.claim(limit: 2).map(\.orderID) == Array(planned[..<2]))
        #expect(try await temporary.claim("node-2", limit: 2).map(\.orderID) == [planned[2]])
        #expect(try await temporary.claim("node-3", limit: 2) == [])
    }

    /// One pass with a clock that ran ahead must not put an order to sleep for as long.
    @Test func whatAClockThatRanAheadHasPutOffIsDue() async throws {
        let temporary = try await TemporaryLedger()
        func postpone(_ name: String, _ seconds: Double) async throws -> Int64 {
            let claim = try await temporary.claimed(name)
            let later = temporary.clock.now() + seconds
            try await temporary.ledger.record(
                claim, OrderChange("failed", "503").failure("transient", nextAction: later).releaseLease())
            return claim.orderID
        }
        let rightly = try await postpone("ada", 86_400)
        temporary.clock.advance(40 * 86_400)
        let ahead = try await postpone("bob", 60)
        temporary.clock.advance(-40 * 86_400)
        try await temporary.ledger.undoFuture(backendCAs: ["digicert"])
        #expect(try await temporary.claim(limit: 9).map(\.orderID) == [ahead])
        let woken = try #require(try await temporary.ledger.order(ahead))
        #expect(woken.failures == 1 && woken.updatedAt == temporary.clock.now())
        #expect(try await temporary.ledger.events(ahead).map(\.kind) == ["planned", "failed", "clock"])
        #expect(try await temporary.ledger.events(rightly).count == 2)
        try await temporary.ledger.undoFuture(backendCAs: ["digicert"])
        #expect(try await temporary.ledger.events(ahead).count == 3)
    }

    /// A failure that repeats itself leaves no event; the clock under which it did so is noticed all the same.
    @Test(arguments: [3 * 3600, 400 * 86_400] as [Double]) func neitherMustAFailureThatRepeatsItself(ahead: Double)
        async throws
    {
        let temporary = try await TemporaryLedger()
        _ = try await temporary.plan("ada")
        func fail(isOldNews: Bool) async throws {
            let claim = try #require(try await temporary.claim().first)
            let later = temporary.clock.now() + 60
            try await temporary.ledger.record(
                claim,
                OrderChange("failed", "503").unless(isOldNews).failure("transient", nextAction: later).releaseLease())
        }
        try await fail(isOldNews: false)
        let since = temporary.clock.now()
        temporary.clock.advance(60)
        try await fail(isOldNews: true)
        let id = try #require(try await temporary.ledger.orders().first).id
        #expect(try await temporary.ledger.order(id)?.updatedAt == since)
        temporary.clock.advance(ahead)
        try await fail(isOldNews: true)
        temporary.clock.advance(-ahead)
        #expect(try await temporary.claim() == [])
        try await temporary.ledger.undoFuture(backendCAs: ["digicert"])
        #expect(try await temporary.claim().map(\.orderID) == [id])
    }

    @Test func onlyOrdersOfTheNamedBackendCAs() async throws {
        let temporary = try await TemporaryLedger()
        _ = try await temporary.plan("ada", backendCA: "one")
        let other = try await temporary.plan("bob", backendCA: "two")
        let claims = try await temporary.ledger.claim(
            limit: 10, owner: "node", leaseFor: .seconds(60), backendCAs: ["two", "three"])
        #expect(claims.map(\.orderID) == [other.id])
    }

    @Test func concurrentWorkersNeverShareAnOrder() async throws {
        let temporary = try await TemporaryLedger()
        _ = try await temporary.ledger.plan(batch: (0..<200).map { .sample("user-\($0)") })
        let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for worker in 0..<20 {
                group.addTask { try await temporary.claim("worker-\(worker)", limit: 15).map(\.orderID) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 200)
        #expect(Set(claimed).count == 200)
    }

    @Test func anExpiredLeaseIsTakenOverAndTheOldHolderCannotCommit() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let first = try await temporary.claimed("ada")
        temporary.clock.advance(61)
        let second = try #require(try await temporary.claim("node-2").first)
        #expect(second.orderID == first.orderID)
        #expect(second.fence == first.fence + 1)

        let step = OrderChange("keyed", "key made").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3])
        await #expect(throws: LedgerError.self) { try await ledger.record(first, step) }
        await #expect(throws: LedgerError.self) { try await ledger.renewLease(first, for: .seconds(60)) }
        try await ledger.release(first)
        #expect(try await ledger.order(first.orderID) == second.order)
        #expect(try await ledger.key(orderID: first.orderID) == nil)
        #expect(try await ledger.events(first.orderID).count == 1)

        #expect(try await ledger.record(second, step).stage == .keyed)
    }

    @Test func theSameOwnerAfterARestartCannotUseItsOldClaim() async throws {
        let temporary = try await TemporaryLedger()
        let old = try await temporary.claimed("ada")
        temporary.clock.advance(61)
        _ = try await temporary.claim("node-1")
        await #expect(throws: LedgerError.self) { try await temporary.ledger.record(old, OrderChange("x", "x")) }
    }

    @Test func aLateHolderMayCommitWhileNobodyElseHasClaimed() async throws {
        let temporary = try await TemporaryLedger()
        let claim = try await temporary.claimed("ada")
        temporary.clock.advance(600)
        #expect(try await temporary.ledger.record(claim, OrderChange("keyed", "late").stage(.keyed)).stage == .keyed)
    }

    @Test func renewingKeepsOthersAwayAndReleasingLetsThemIn() async throws {
        let temporary = try await TemporaryLedger()
        var claim = try await temporary.claimed("ada")
        temporary.clock.advance(50)
        claim = try await temporary.ledger.renewLease(claim, for: .seconds(60))
        temporary.clock.advance(50)
        #expect(try await temporary.claim("node-2") == [])
        try await temporary.ledger.release(claim)
        #expect(try await temporary.claim("node-2").count == 1)
    }

    /// A request that is about to leave has a minute to do so before anybody else looks for it.
    @Test func aSubmissionKeepsOthersAwayForAMinute() async throws {
        let temporary = try await TemporaryLedger()
        let claim = try await temporary.claimed("ada")
        let keyed = try await temporary.ledger.record(
            claim, OrderChange("keyed", "key").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3]))
        temporary.clock.advance(55)
        try await temporary.ledger.record(
            claim, OrderChange("submitting", "asking").stage(.submitted).submission(at: temporary.clock.now()),
            knowing: keyed)
        temporary.clock.advance(50)
        #expect(try await temporary.claim("node-2") == [])
        temporary.clock.advance(11)
        #expect(try await temporary.claim("node-2").count == 1)
    }

    /// One that is on its way for long does not take away what a later one has given.
    @Test func aRenewalNeverShortensALease() async throws {
        let temporary = try await TemporaryLedger()
        let claim = try await temporary.claimed("ada")
        _ = try await temporary.ledger.renewLease(claim, for: .seconds(600))
        _ = try await temporary.ledger.renewLease(claim, for: .seconds(60))
        temporary.clock.advance(500)
        #expect(try await temporary.claim("node-2") == [])
    }

    @Test func anOrderIsDueAtItsTimeAndNotWhileHeld() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await temporary.claimed("ada")
        let later = temporary.clock.now().addingTimeInterval(900)
        try await ledger.record(
            claim, OrderChange("pending", "waiting").stage(.pending).nextAction(at: later).releaseLease())
        #expect(try await temporary.claim() == [])
        #expect(try await ledger.nextDue(after: temporary.clock.now()) == later)
        temporary.clock.advance(901)
        let again = try #require(try await temporary.claim().first)
        try await ledger.record(again, OrderChange("held", "look").hold("look at the CA").releaseLease())
        temporary.clock.advance(90_000)
        #expect(try await temporary.claim() == [])
        #expect(try await ledger.nextDue(after: .distantPast) == nil)
    }

    @Test(.onlySQLite("its way of explaining a statement")) func claimingReadsAnIndexRangeOnly() async throws {
        let temporary = try await TemporaryLedger()
        let plans = try await temporary.database.read { connection in
            try [
                "SELECT * FROM orders WHERE backend_ca = 'a' AND due_at <= 1 ORDER BY due_at, id LIMIT 1 OFFSET 0",
                "SELECT MIN(due_at) FROM orders WHERE backend_ca = 'a' AND due_at > 1",
                "SELECT MIN(backend_ca) FROM orders WHERE backend_ca > 'a'",
                "SELECT * FROM orders WHERE open_key = 'a|b'",
                "SELECT * FROM orders WHERE template = 'a' AND subscriber_id = 'b' AND stage = 'active'",
                "SELECT template, stage, COUNT(*), SUM(held) FROM orders GROUP BY template, stage",
                "SELECT * FROM certificates WHERE sha256_fingerprint = 'a'",
                "SELECT * FROM archived_keys WHERE certificate_id = 1",
            ].map { sql in
                try connection.query("EXPLAIN QUERY PLAN \(sql)") { try $0["detail"] as String }.joined(separator: "; ")
            }
        }
        for plan in plans {
            #expect(plan.contains("SEARCH") || plan.contains("COVERING INDEX"), "\(plan)")
            #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
        }
    }
}
