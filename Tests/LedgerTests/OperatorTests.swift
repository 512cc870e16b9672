// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Store
import Testing

@testable import Ledger

@Suite struct OperatorTests {
    @Test func aHeldOrderRestsUntilReleased() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let order = try await temporary.plan("ada")
        let held = try await ledger.hold(order.id, reason: "wrong name", by: "eve")
        #expect(held.holdReason == "wrong name")
        #expect(try await temporary.claim() == [])
        #expect(try await ledger.orders(OrderFilter(held: true)) == [held])
        #expect(
            try await ledger.counts() == [
                OrderCount(template: "smime", stage: .planned, backendCA: nil, count: 1, held: 1)
            ])
        try await ledger.releaseHold(order.id, by: "eve")
        #expect(try await temporary.claim().count == 1)
        let events = try await ledger.events(order.id)
        #expect(events.map(\.kind) == ["planned", "held", "released"])
        #expect(events[1].data["by"] == "eve")
        await #expect(throws: LedgerError.self) { try await ledger.releaseHold(order.id, by: "eve") }
    }

    @Test func holdingMeetsTheWorkerAtItsNextCommit() async throws {
        let temporary = try await TemporaryLedger()
        let claim = try await temporary.claimed("ada")
        try await temporary.ledger.hold(claim.orderID, reason: "stop", by: "eve")
        let order = try await temporary.ledger.record(claim, OrderChange("keyed", "key").stage(.keyed))
        #expect(order.isHeld && order.stage == .keyed)
    }

    /// The clock that made the order was ahead; it is due at once all the same when a person says so.
    @Test func aRetryIsDueAlsoWhenTheClockWasSetBack() async throws {
        let temporary = try await TemporaryLedger()
        let claim = try await temporary.claimed("ada")
        try await temporary.ledger.record(
            claim, OrderChange("keyed", "key").stage(.keyed).nextAction(at: temporary.clock.now() + 600))
        try await temporary.ledger.release(claim)
        temporary.clock.advance(-7200)
        #expect(try await temporary.claim() == [])
        try await temporary.ledger.retry(claim.orderID, by: "eve")
        #expect(try await temporary.claim().map(\.orderID) == [claim.orderID])
    }

    @Test func aFailedOrderGoesOnWhereItWas() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await temporary.claimed("ada")
        try await ledger.record(
            claim,
            OrderChange("pending", "waiting").stage(.pending).submission(at: temporary.clock.now()).caOrder("1")
                .sealedKey([1], publicKey: [2], csr: [3]))
        let failed = try await ledger.record(
            claim, OrderChange("failed", "no").stage(.failed).failure("refused", nextAction: nil))
        #expect(failed.stage.isFinal)
        let retried = try await ledger.retry(failed.id, by: "eve")
        #expect(retried.stage == .pending && retried.failures == 0 && retried.caRequestID == "1")
        #expect(try await temporary.claim().map(\.orderID) == [failed.id])
    }

    /// Nothing has left: the key is still the one of the request.
    @Test func aFailedOrderThatNeverLeftKeepsItsKey() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await temporary.claimed("ada")
        try await ledger.record(
            claim, OrderChange("keyed", "key").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3]))
        try await ledger.record(claim, OrderChange("failed", "no").stage(.failed))
        #expect(try await ledger.key(orderID: claim.orderID)?.sealed == [1])
        #expect(try await ledger.retry(claim.orderID, by: "eve").stage == .keyed)
    }

    @Test func aFailedOrderWithoutKeyStartsAnewUnlessItWasSent() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        for (name, attempts) in [("ada", 0), ("bob", 1)] {
            let claim = try await temporary.claimed(name)
            var change = OrderChange("keyed", "key").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3])
            if attempts > 0 { change = change.submission(at: temporary.clock.now()) }
            try await ledger.record(claim, change)
            try await ledger.record(claim, OrderChange("failed", "no").stage(.failed).eraseSealedKey())
            if attempts == 0 {
                #expect(try await ledger.retry(claim.orderID, by: "eve").stage == .planned)
            } else {
                await #expect(throws: LedgerError.self) { try await ledger.retry(claim.orderID, by: "eve") }
            }
        }
    }

    @Test func aFailedOrderDoesNotComeBackBesideItsSuccessor() async throws {
        let temporary = try await TemporaryLedger()
        let claim = try await temporary.claimed("ada")
        try await temporary.ledger.record(claim, OrderChange("failed", "no").stage(.failed))
        _ = try await temporary.plan("ada")
        await #expect(throws: LedgerError.self) { try await temporary.ledger.retry(claim.orderID, by: "eve") }
        #expect(try await temporary.ledger.order(claim.orderID)?.stage == .failed)
    }

    @Test func aFailedOrderDoesNotComeBackBesideACertificateInUse() async throws {
        let temporary = try await TemporaryLedger()
        let claim = try await temporary.claimed("ada")
        try await temporary.ledger.record(claim, OrderChange("failed", "no").stage(.failed))
        let next = try await temporary.claimed("ada")
        try await temporary.ledger.record(next, OrderChange("active", "in use").stage(.active))
        await #expect(throws: LedgerError.self) { try await temporary.ledger.retry(claim.orderID, by: "eve") }
        #expect(try await temporary.ledger.order(claim.orderID)?.stage == .failed)
    }

    @Test func cancellingBeforeTheCAKnowsIsImmediate() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await temporary.claimed("ada")
        let order = try await ledger.record(
            claim,
            OrderChange("keyed", "key").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3]).releaseLease())
        #expect(try await ledger.requestCancel(order.id, by: "eve").stage == .cancelled)
        #expect(try await ledger.key(orderID: order.id)?.sealed == nil)
        #expect(try await ledger.events(order.id).last?.stage == .cancelled)
        await #expect(throws: LedgerError.self) { try await ledger.requestCancel(order.id, by: "eve") }
        _ = try await temporary.plan("ada")
    }

    @Test func cancellingLaterIsAskedOfTheWorker() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await temporary.claimed("ada")
        try await ledger.record(
            claim,
            OrderChange("submitting", "asking").stage(.submitted).submission(at: temporary.clock.now())
                .releaseLease())
        let asked = try await ledger.requestCancel(claim.orderID, by: "eve")
        #expect(asked.stage == .submitted && asked.cancelRequested && !asked.isHeld)
        let again = try #require(try await temporary.claim().first)
        let done = try await ledger.record(again, OrderChange("cancelled", "at the CA").stage(.cancelled))
        #expect(done.stage == .cancelled && !done.cancelRequested)
    }

    /// An order that is about to leave for its CA, with its key.
    private func submitted(in temporary: TemporaryLedger) async throws -> Claim {
        let claim = try await temporary.claimed("ada")
        try await temporary.ledger.record(
            claim, OrderChange("keyed", "key").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3]))
        try await temporary.ledger.record(
            claim, OrderChange("submitting", "asking").stage(.submitted).submission(at: temporary.clock.now()))
        return claim
    }

    /// The end of an order in doubt takes the word of somebody who has looked; never while a call may be under way or the gateway itself
    /// still looks. Its key is kept, for people err: it goes on when the CA has it after all.
    @Test func anOrderInDoubtEndsByTheWordOfWhoHasLooked() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await submitted(in: temporary)
        await #expect(throws: LedgerError.self) { try await ledger.cancelAbsent(claim.orderID, by: "eve") }
        try await ledger.release(claim)
        await #expect(throws: LedgerError.self) { try await ledger.cancelAbsent(claim.orderID, by: "eve") }
        try await ledger.hold(claim.orderID, reason: "nobody knows", by: "the gateway")
        await #expect(throws: LedgerError.self) { try await ledger.requestCancel(claim.orderID, by: "eve") }
        #expect(try await ledger.key(orderID: claim.orderID)?.sealed == [1])
        let ended = try await ledger.cancelAbsent(claim.orderID, by: "eve")
        #expect(ended.stage == .cancelled && !ended.isHeld)
        #expect(try await ledger.key(orderID: claim.orderID)?.sealed == [1])
        #expect(try await ledger.events(claim.orderID).last?.data["by"] == "eve")
        let next = try await temporary.plan("ada")
        #expect(try await ledger.formerOrders(of: next, limit: 5).isEmpty, "a person's word is enough to go on")
        await #expect(throws: LedgerError.self, "another one has taken its place") {
            try await ledger.declareFound(claim.orderID, caRequestID: "47", by: "eve")
        }
        await #expect(throws: LedgerError.self, "nor does a dry run promise it") {
            try await ledger.requireFindable(claim.orderID, caRequestID: "47")
        }
        try await ledger.requestCancel(next.id, by: "eve")
        try await ledger.requireFindable(claim.orderID, caRequestID: "47")
        let found = try await ledger.declareFound(claim.orderID, caRequestID: "47", by: "eve")
        #expect(found.stage == .submitted && found.caRequestID == "47" && !found.isHeld && !found.cancelRequested)
        #expect(try await ledger.key(orderID: claim.orderID)?.sealed == [1])
    }

    /// Without its key, nobody could use what the CA has.
    @Test func whatHasEndedGoesOnWithItsKeyOnly() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let claim = try await submitted(in: temporary)
        try await ledger.record(claim, OrderChange("rejected", "no").stage(.rejected))
        #expect(try await ledger.eraseKeptKeys(endedBefore: temporary.clock.now() + 1) == 1)
        await #expect(throws: LedgerError.self) {
            try await ledger.declareFound(claim.orderID, caRequestID: "47", by: "eve")
        }
        await #expect(throws: LedgerError.self) {
            try await ledger.requireFindable(claim.orderID, caRequestID: "47")
        }
        #expect(try await ledger.order(claim.orderID)?.stage == .rejected)
    }

    @Test func listsAreFiltered() async throws {
        let temporary = try await TemporaryLedger()
        let ledger = temporary.ledger
        let ada = try await temporary.plan("Ada_Lovelace")
        let bob = try await temporary.plan("bob", template: "other", backendCA: "local")
        func found(_ filter: OrderFilter) async throws -> [Int64] { try await ledger.orders(filter).map(\.id) }
        #expect(try await found(OrderFilter()) == [bob.id, ada.id])
        #expect(try await found(OrderFilter(limit: 1, offset: 1)) == [ada.id])
        #expect(try await found(OrderFilter(text: "ada_love")) == [ada.id])
        // A name is found by its beginning, which is in an index.
        #expect(try await found(OrderFilter(text: "a_love")) == [])
        #expect(try await found(OrderFilter(text: "b_b")) == [])
        #expect(try await found(OrderFilter(text: bob.reference.uppercased())) == [bob.id])
        #expect(try await found(OrderFilter(template: "other")) == [bob.id])
        #expect(try await found(OrderFilter(stages: [.planned, .keyed], backendCA: "local")) == [bob.id])
        #expect(try await found(OrderFilter(stages: [])) == [])
        #expect(try await ledger.order(12345) == nil)
        await #expect(throws: LedgerError.self) { try await ledger.retry(12345, by: "eve") }
    }
}
