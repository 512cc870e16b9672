// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Ledger

/// Open orders by what they wait for, as the database and as Swift tells it.
@Suite struct WaitingTests {
    private let temporary: TemporaryLedger
    private var ledger: OrderLedger { temporary.ledger }

    init() async throws { temporary = try await TemporaryLedger() }

    /// An order that was led to where `change` leaves it, and left alone there.
    @discardableResult
    private func order(
        _ name: String, backendCA: String = "digicert", hold: Bool = false, leased: Bool = false,
        _ changes: OrderChange...
    ) async throws -> Order {
        let order = try await temporary.plan(name, backendCA: backendCA)
        if !changes.isEmpty {
            let claims = try await ledger.claim(limit: 1000, owner: name, leaseFor: .seconds(60))
            let claim = try #require(claims.first { $0.orderID == order.id })
            for change in changes { try await ledger.record(claim, change) }
            for claim in claims where !leased || claim.orderID != order.id { try await ledger.release(claim) }
        }
        if hold { try await ledger.hold(order.id, reason: "look", by: "ada") }
        return try #require(try await ledger.order(order.id))
    }

    private func left() -> OrderChange {
        OrderChange("submitted", "gone").stage(.submitted).submission(at: temporary.clock.now())
    }

    private func pending(_ party: String?) -> OrderChange {
        OrderChange("pending", "waits").stage(.pending).caOrder("7").waitingFor(party)
    }

    @Test func theDatabaseTellsItAsTheOrderDoes() async throws {
        let later = temporary.clock.now() + 600
        var expected: [OrderWait: Set<Int64>] = [:]
        func add(_ wait: OrderWait, _ order: Order) {
            #expect(order.wait == wait, "\(order.userPrincipalName)")
            expected[wait, default: []].insert(order.id)
        }
        for party in ["subscriber", "approver", "operator"] {
            add(try #require(OrderWait(rawValue: party)), try await order(party, left(), pending(party)))
        }
        add(.certificateAuthority, try await order("ca", left(), pending(nil)))
        add(.certificateAuthority, try await order("word", left(), pending("somebody new")))
        // A word of ours from a CA is no group of ours.
        add(.certificateAuthority, try await order("limit", left(), pending("limit")))
        add(.operator, try await order("held", hold: true, left(), pending("subscriber")))
        add(.inDoubt, try await order("heldInDoubt", hold: true, left()))
        // The CA has it, and something else is wrong with it.
        add(.operator, try await order("heldAndKnown", hold: true, left().caOrder("8")))
        add(.inDoubt, try await order("lost", left()))
        add(.certificateAuthority, try await order("leaving", leased: true, left()))
        add(.inDoubt, try await order("doubt", left(), OrderChange("doubt", "lost").doubt("transient", "lost")))
        add(
            .inDoubt,
            try await order("unknown", left(), OrderChange("e", "e").failure("outcomeUnknown", nextAction: later)))
        add(.failed, try await order("down", left(), OrderChange("e", "e").failure("transient", nextAction: later)))
        add(
            .failed, try await order("again", left(), OrderChange("keyed", "again").stage(.keyed).nextAction(at: later))
        )
        add(.gateway, try await order("new"))
        add(.gateway, try await order("keyed", OrderChange("keyed", "made").stage(.keyed)))
        try await ledger.stop(.firstCertificate, of: "other", ["by": "test"])
        let stopped = try await order("stopped", backendCA: "other")
        add(.limit, try #require(try await ledger.order(stopped.id)))
        add(.inDoubt, try await order("otherLost", backendCA: "other", left()))
        // Over, or in use: waits for nothing.
        #expect(try await order("done", OrderChange("x", "x").stage(.active)).wait == nil)
        #expect(try await order("over", OrderChange("x", "x").stage(.rejected)).wait == nil)

        for wait in OrderWait.allCases {
            let filter = OrderFilter(waitsFor: [wait], limit: 1000)
            #expect(Set(try await ledger.orders(filter).map(\.id)) == expected[wait], "\(wait)")
            #expect(Set(try await ledger.orders(filter, .init()).items.map(\.id)) == expected[wait], "\(wait)")
        }
        #expect(try await ledger.orders(OrderFilter(waitsFor: [])).isEmpty)
        let counts = try await ledger.waitingCounts()
        #expect(
            Dictionary(uniqueKeysWithValues: counts.map { ($0.wait, $0.count) }) == expected.mapValues(\.count))
        let other = try await ledger.waitingCounts(OrderFilter(backendCA: "other"))
        #expect(Dictionary(uniqueKeysWithValues: other.map { ($0.wait, $0.count) }) == [.limit: 1, .inDoubt: 1])
        let failed = try #require(counts.first { $0.wait == .failed })
        #expect(failed.nextAt.map { abs($0.timeIntervalSince(later)) < 1 } == true)
    }

    @Test func remindersAndEndsAreFoundByOrder() async throws {
        let first = try await order("ada", left(), pending("subscriber"))
        let second = try await order("bob", left(), pending("subscriber"))
        for _ in 0..<2 {
            _ = try await ledger.note(first.id, .mailOrder, MailReminder.event, "asked", by: "eve")
            temporary.clock.advance(60)
        }
        let reminders = try await ledger.mailReminders([first.id, second.id])
        #expect(reminders.keys.sorted() == [first.id] && reminders[first.id]?.count == 2)
        let certified = try await temporary.certified(1, .active)
        #expect(
            try await ledger.certificateEnds([first.id, certified.id])
                == [certified.id: Date(timeIntervalSince1970: 1_731_536_000)])
    }

    /// Twenty who ask at once, or a script, are one mail to the person.
    @Test func theCAIsAskedToWriteOnceAMinute() async throws {
        let (first, second) = (
            try await order("ada", left(), pending("subscriber")), try await order("bob", left(), pending("subscriber"))
        )
        _ = try await ledger.noteMail(first.id, by: "eve")
        for _ in 0..<3 {
            await #expect(throws: LedgerError.self) { _ = try await ledger.noteMail(first.id, by: "kim") }
        }
        _ = try await ledger.noteMail(second.id, by: "kim")
        temporary.clock.advance(59)
        await #expect(throws: LedgerError.self) { _ = try await ledger.noteMail(first.id, by: "eve") }
        temporary.clock.advance(1)
        _ = try await ledger.noteMail(first.id, by: "kim")
        let reminders = try await ledger.mailReminders([first.id, second.id])
        #expect(reminders[first.id]?.count == 2 && reminders[second.id]?.count == 1)
    }

    @Test func whatWaitsTooLongIsFoundUntilItIsAskedToEnd() async throws {
        let old = try await order("old", left(), pending("subscriber"))
        try await order("held", hold: true, left(), pending("subscriber"))
        temporary.clock.advance(3600)
        try await order("new", left(), pending("subscriber"))
        func found() async throws -> [Int64] {
            try await ledger.pending(template: "smime", since: temporary.clock.now() - 60, limit: 10).map(\.id)
        }
        #expect(try await found() == [old.id])
        let lapsed = try await ledger.letLapse(old.id, because: "an hour is over")
        #expect(lapsed.cancelRequested && lapsed.stage == .pending && lapsed.nextActionAt == nil)
        #expect(try await found() == [])
        await #expect(throws: LedgerError.self) { try await ledger.letLapse(try await order("next").id, because: "x") }
    }

    /// What is to be revoked signs nobody in, though the CA cannot be asked and a person has to do it there.
    @Test func whatIsToBeRevokedIsUnbound() async throws {
        // Their certificates are of 2024.
        temporary.clock.advance(1_720_000_000 - temporary.clock.now().timeIntervalSince1970)
        var orders: [Order] = []
        for number in 1...3 { orders.append(try await temporary.certified(number, .active)) }
        let ids = try orders.map { try #require($0.certificateID) }
        for (order, id) in zip(orders, ids) {
            try await ledger.bind(
                CertificateBinding(certificateID: id, subscriberID: order.subscriberID, value: "X509:\(id)"))
        }
        func ended() async throws -> [Int64] {
            try await ledger.endedBindings(limit: 10).map(\.certificateID)
        }
        // Not yet: it can be taken back.
        let asked = try await ledger.ask(
            .revoke(certificateID: ids[0], reason: .superseded, cause: "x", actor: "eve", notBefore: nil))
        #expect(try await ended() == [])
        let claims = try await ledger.claimActions(
            .backendCA("digicert"), limit: 10, owner: "node", leaseFor: .seconds(60))
        let claim = try #require(claims.first)
        _ = try await ledger.record(
            claim, CertificateActionChange("revocationHeld", "do it there").hold("do it there").releaseLease())
        #expect(try await ledger.action(asked.id)?.isHeld == true)
        #expect(try await ended() == [ids[0]])
    }
}
