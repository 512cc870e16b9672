// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import Testing

@testable import Ledger

/// Whoever changes an order says what he expects it to be, and changes nothing otherwise.
@Suite struct ExpectationTests {
    /// An order whose answer is lost, as its worker leaves it.
    private static func inDoubt(_ temporary: TemporaryLedger, _ change: (OrderChange) -> OrderChange = { $0 })
        async throws -> Claim
    {
        let claim = try await temporary.claimed("ada")
        try await temporary.ledger.record(
            claim,
            change(
                OrderChange("submitting", "asking").stage(.submitted).submission(at: temporary.clock.now())
                    .sealedKey([1], publicKey: [2], csr: [3])))
        return claim
    }

    /// A call under way may make the order after the person has looked.
    @Test func nothingIsDeclaredWhileACallIsUnderWay() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await Self.inDoubt(temporary) { $0.hold("nobody knows") }
        let before = try await ledger.order(claim.orderID)
        await #expect(throws: LedgerError.self) { try await ledger.declareAbsent(claim.orderID, by: "eve") }
        await #expect(throws: LedgerError.self) {
            try await ledger.declareFound(claim.orderID, caRequestID: "7", by: "eve")
        }
        #expect(try await ledger.order(claim.orderID) == before)
        // However old the lease looks: the clock may have jumped.
        temporary.clock.advance(1_000_000)
        await #expect(throws: LedgerError.self) { try await ledger.declareAbsent(claim.orderID, by: "eve") }
        try await ledger.release(claim)
        #expect(try await ledger.declareAbsent(claim.orderID, by: "eve").stage == .keyed)
    }

    @Test func onlyAnOrderInDoubtThatIsHeldIsDeclaredAbsent() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await Self.inDoubt(temporary) { $0.releaseLease() }
        await #expect(throws: LedgerError.self) { try await ledger.declareAbsent(claim.orderID, by: "eve") }
        try await ledger.hold(claim.orderID, reason: "look", by: "eve")
        #expect(try await ledger.declareAbsent(claim.orderID, by: "eve").stage == .keyed)
        await #expect(throws: LedgerError.self) { try await ledger.declareAbsent(claim.orderID, by: "eve") }
    }

    /// Of an order that has not left nobody needs to say where it is, nor of one that the CA has under this id.
    @Test(arguments: [OrderStage.keyed, .pending]) func nothingIsDeclaredInAnotherStage(_ stage: OrderStage)
        async throws
    {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await Self.inDoubt(temporary)
        try await ledger.record(
            claim, OrderChange("moved", "on").stage(stage).caOrder("7").hold("look").releaseLease())
        let before = try await ledger.order(claim.orderID)
        await #expect(throws: LedgerError.self) { try await ledger.declareAbsent(claim.orderID, by: "eve") }
        await #expect(throws: LedgerError.self) {
            try await ledger.declareFound(claim.orderID, caRequestID: "7", by: "eve")
        }
        #expect(try await ledger.order(claim.orderID) == before)
    }

    @Test func anOrderWhoseIDIsKnownIsNotAbsent() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await Self.inDoubt(temporary) { $0.caOrder("4711").hold("wrong certificate").releaseLease() }
        await #expect(throws: LedgerError.self) { try await ledger.declareAbsent(claim.orderID, by: "eve") }
        let error = await #expect(throws: LedgerError.self) { try await ledger.requestCancel(claim.orderID, by: "eve") }
        #expect(error.map { "\($0)".contains("the CA has it as 4711") } == true)
        #expect(try await ledger.order(claim.orderID)?.stage == .submitted)
        #expect(try await ledger.key(orderID: claim.orderID)?.sealed != nil)
    }

    @Test func aStepThatExpectsAnotherStageChangesNothing() async throws {
        let temporary = try await TemporaryLedger()
        let claim = try await Self.inDoubt(temporary)
        let before = try await temporary.ledger.order(claim.orderID)
        await #expect(throws: LedgerError.self) {
            try await temporary.ledger.record(claim, OrderChange("issued", "late").stage(.issued), from: .keyed)
        }
        #expect(try await temporary.ledger.order(claim.orderID) == before)
    }

    /// Where a database has several writers, what was read may be old by the time it is written.
    @Test(arguments: [false, true]) func nobodyOverwritesWhatHeHasNotRead(isClaimedAgain: Bool) async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let read = try await temporary.claimed("ada").order
        if isClaimedAgain {
            temporary.clock.advance(61)
            #expect(try await temporary.claim("node-2").map(\.orderID) == [read.id])
        } else {
            try await ledger.note(read.id, .mailOrder, "noted", "a person did something", by: "eve")
        }
        let before = try await ledger.order(read.id)
        let error = await #expect(throws: StoreError.self) {
            try await temporary.database.write { connection in
                var after = read
                after.detail = "overwritten"
                try OrderTable(connection: connection, now: Date()).save(read, as: after)
            }
        }
        #expect(error?.code == .busy)
        #expect(try await ledger.order(read.id) == before)
    }

    @Test func aRowOfFailuresGoesOnOverSubmissionsAndEndsWithAnAnswer() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await Self.inDoubt(temporary)
        for failures in 1...3 {
            let postponed = try await ledger.record(
                claim, OrderChange("postponed", "429").stage(.keyed).failure("throttled", nextAction: nil))
            #expect(postponed.failures == failures)
            let again = try await ledger.record(
                claim, OrderChange("submitting", "again").stage(.submitted).submission(at: temporary.clock.now()))
            #expect(again.failures == failures)
        }
        #expect(try await ledger.record(claim, OrderChange("pending", "taken").stage(.pending)).failures == 0)
        #expect(try await ledger.submissionCount() == 4)
    }

    @Test func whatIsInHandIsNotClaimedAgainAndNotDue() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await temporary.claimed("ada")
        temporary.clock.advance(1_000_000)
        let now = temporary.clock.now()
        let order = try #require(try await ledger.order(claim.orderID))
        #expect(try await ledger.isDue(by: now, backendCA: order.backendCA))
        #expect(try await ledger.isDue(by: now, backendCA: order.backendCA, excluding: [claim.orderID]) == false)
        #expect(try await ledger.isDue(by: now, backendCA: order.backendCA, stages: [.planned]) == false)
        let none = try await ledger.claim(limit: 9, owner: "n", leaseFor: .seconds(60), excluding: [claim.orderID])
        #expect(none.isEmpty)
        #expect(
            try await ledger.claim(limit: 9, owner: "n", leaseFor: .seconds(60), dueBy: now - 2_000_000).isEmpty)
        #expect(try await ledger.claim(limit: 9, owner: "n", leaseFor: .seconds(60)).map(\.orderID) == [claim.orderID])
    }

    @Test func obstaclesAreCountedByCause() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        for (name, kind) in [("ada", "authentication"), ("bob", "authentication"), ("eve", "transient")] {
            let claim = try await temporary.claimed(name)
            try await ledger.record(claim, OrderChange("postponed", kind).failure(kind, nextAction: nil).releaseLease())
        }
        let claim = try await temporary.claimed("max")
        try await ledger.record(claim, OrderChange("held", "look").hold("look there").releaseLease())
        let refused = try await temporary.claimed("tom")
        let start = Date(timeIntervalSince1970: 0)
        try await ledger.record(
            refused, OrderChange("rejected", "no such domain").stage(.rejected).failure("refused", nextAction: nil))
        let issued = try await temporary.claimed("liz")
        try await ledger.record(
            issued, OrderChange("postponed", "403").stage(.issued).failure("permission", nextAction: nil).releaseLease()
        )
        let withdrawn = try await temporary.claimed("kim")
        try await ledger.record(withdrawn, OrderChange("withdrawn", "has left").stage(.cancelled))
        let found = try await ledger.obstacles(since: start)
        #expect(found.map(\.count) == [2, 1, 1, 1, 1])
        #expect(found.first { $0.side == .ended }?.cause == "no such domain", "whom nobody withdrew")
        #expect(found.first { $0.side == .delivery }?.cause == "403")
        #expect(try await ledger.obstacles(since: .distantFuture).allSatisfy { $0.side != .ended })
        #expect(found[0].cause == "authentication" && found[0].errorKind == "authentication" && !found[0].isHeld)
        #expect(found.contains { $0.isHeld && $0.cause == "look there" })
    }

    /// A service that names each request does not make as many causes as there are requests, and an answer that is not
    /// known keeps an order although a search has gone well since.
    @Test func requestIDsAreNoCausesAndDoubtIsOne() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        for name in ["ada", "bob", "eve"] {
            let claim = try await temporary.claimed(name)
            let text = "POST /x answered 403: no, request-id \(name)-1 (grant it)"
            try await ledger.record(
                claim,
                OrderChange("postponed", text).stage(.issued).failure("permission", nextAction: nil).releaseLease())
        }
        for name in ["kim", "liz"] {
            let claim = try await temporary.claimed(name)
            try await ledger.record(
                claim,
                OrderChange("outcomeUnknown", "no answer").stage(.submitted).doubt(nil, "no answer within 60 s")
                    .failure("outcomeUnknown", nextAction: nil))
            try await ledger.record(claim, OrderChange("searched", "not at the CA yet").releaseLease())
        }
        let found = try await ledger.obstacles(since: .distantFuture)
        #expect(found.map(\.count) == [3, 2])
        #expect(found.map(\.errorKind) == ["permission", "outcomeUnknown"])
        #expect(found.last?.cause == "no answer within 60 s")
    }

    /// What a sentence says of its order alone makes no cause of its own; another sentence does.
    @Test func heldOrdersOfOneCauseAreOne() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        func hold(_ name: String, _ id: String, _ text: (Order) -> String) async throws {
            let claim = try await temporary.claimed(name)
            let change = OrderChange("held", "held").stage(.submitted).caOrder(id).hold(text(claim.order))
            try await ledger.record(claim, change.releaseLease())
        }
        for (name, id) in [("ada", "1c2f-a"), ("bob", "1c2f-b"), ("eve", "77120")] {
            try await hold(name, id) {
                "the CA has it as \(id): address \(name)@example.org is missing, CN \"\(name)\" was not asked for, valid since "
                    + "2027-01-1\(name.count)T00:00:00Z; 'certway order cancel \($0.reference) --absent'"
            }
            try await hold("\(name)2", "x\(id)") { "nobody answers; look for \($0.reference) at the CA" }
        }
        try await hold("max", "9") { "the CA has it as 9: key usage allows signing; look for \($0.reference)" }
        let found = try await ledger.obstacles(since: .distantFuture)
        #expect(found.map(\.count) == [3, 3, 1], "\(found.map(\.cause))")
        // The sentence is that of the order which is named.
        #expect(found.allSatisfy { $0.isHeld && $0.cause.contains($0.example) })
    }

    /// What waits to be placed again, or to be looked for again, is on its way nowhere, though nothing has failed.
    @Test func whatIsPlacedAgainLaterIsAnObstacle() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let later = temporary.clock.now() + 600
        for (name, stage) in [("ada", OrderStage.keyed), ("bob", .keyed), ("eve", .submitted)] {
            let claim = try await temporary.claimed(name)
            try await ledger.record(
                claim,
                OrderChange("submitting", "asking").stage(.submitted).submission(at: temporary.clock.now()))
            try await ledger.record(
                claim,
                OrderChange("absent", "it is submitted again").stage(stage).nextAction(at: later).releaseLease())
        }
        // Not placed yet, and due: no obstacle.
        _ = try await temporary.plan("kim")
        let found = try await ledger.obstacles(since: .distantFuture)
        #expect(found.map(\.count) == [2, 1])
        #expect(found.map(\.errorKind) == ["transient", "outcomeUnknown"])
        #expect(found.first?.cause == "it is submitted again")
        #expect(found.allSatisfy { $0.nextAt == later && $0.triedAt == temporary.clock.now() })
        temporary.clock.advance(601)
        #expect(try await ledger.obstacles(since: .distantFuture).isEmpty, "they are due")
    }

    @Test func whatACAHasForTooLongIsCounted() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let start = temporary.clock.now()
        for (name, party) in [("ada", "approver"), ("bob", "approver"), ("eve", "subscriber"), ("max", "approver")] {
            let claim = try await temporary.claimed(name)
            try await ledger.record(
                claim, OrderChange("submitting", "asking").stage(.submitted).submission(at: temporary.clock.now()))
            try await ledger.record(
                claim,
                OrderChange("pending", "waits").stage(.pending).caOrder(name).waitingFor(party).releaseLease())
            temporary.clock.advance(60)
        }
        #expect(try await ledger.overdue(since: start, backendCA: "digicert").isEmpty)
        #expect(try await ledger.overdue(since: start + 1, backendCA: "digicert").map(\.count) == [1])
        let all = try await ledger.overdue(since: start + 1000, backendCA: "digicert")
        #expect(all.map(\.count) == [3, 1] && all.map(\.waitingFor) == ["approver", "subscriber"])
        #expect(try await ledger.overdue(since: start + 1000, backendCA: "other").isEmpty)
        // A held one is told as that.
        let max = try #require(try await ledger.orders(OrderFilter(text: "max")).first)
        try await ledger.hold(max.id, reason: "look", by: "eve")
        #expect(try await ledger.overdue(since: start + 1000, backendCA: "digicert").map(\.count) == [2, 1])
    }
}
