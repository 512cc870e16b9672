// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Testing

@testable import Enrollment

/// Whatever a CA has said of an order that had left: its key is kept, and before another order for the same person leaves, the CA is
/// asked once more. What it has is not bought again.
@Suite(.timeLimit(.minutes(5))) struct FormerOrderTests {
    /// How the CA, or somebody on the way, ends an order falsely.
    enum Ending: CaseIterable { case refused, polledTwice, foundRejected }

    /// An order that was taken and has ended by false words, and another one for the same person.
    private func gateway(
        _ ending: Ending, names: String? = nil, abilities: [ConnectorAbility] = [.poll, .findByReference, .cancel]
    ) async throws -> (TestGateway, former: Order, next: Int64) {
        let gateway = try await TestGateway(abilities: abilities)
        let rejection = EnrollmentOutcome.rejected(OrderRejection(reason: "no such person"))
        switch ending {
        case .refused:
            gateway.ca.onEnroll { ca, request in
                ca.take(request)
                throw ConnectorError(.refused, "no such person")
            }
            gateway.ca.onFind { _, _ in .absent }
        case .polledTwice:
            gateway.ca.onEnroll { ca, request in
                ca.take(request)
                return .pending(PendingOrder(order: CAOrder(caRequestID: "7"), waitingFor: .approver))
            }
            gateway.ca.onPoll({ _, _ in rejection }, { _, _ in rejection })
        case .foundRejected:
            gateway.ca.onEnroll { ca, request in
                ca.take(request)
                throw ConnectorError(.outcomeUnknown, "no answer")
            }
            gateway.ca.onFind({ _, _ in .found(rejection) }, { _, _ in .found(rejection) })
        }
        let id = try await gateway.plan()
        for _ in 0..<3 {
            try await gateway.work()
            gateway.clock.advance(100_000)
        }
        let former = try await gateway.order(id)
        #expect(former.stage == .rejected && former.attempt == 1)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil, "the key of a certificate that may come")
        gateway.ca.forgetEnds()
        return (gateway, former, try await gateway.plan(names: names))
    }

    @Test(arguments: Ending.allCases) func whatTheCAHasIsNotBoughtAgain(_ ending: Ending) async throws {
        let (gateway, former, next) = try await gateway(ending)
        for _ in 0..<2 {
            try await gateway.work()
            gateway.clock.advance(1000)
        }
        let (old, new) = (try await gateway.order(former.id), try await gateway.order(next))
        #expect(old.stage == .active && old.certificateID != nil, "\(old)")
        #expect(new.stage == .cancelled && new.attempt == 0, "\(new)")
        #expect(new.detail?.contains(former.reference) == true)
        #expect(gateway.ca.orders == [former.reference: 1])
        #expect(try await gateway.kinds(former.id).contains("revived"))
        #expect(try await gateway.ledger.archivedKey(orderID: former.id) != nil)
    }

    /// It waits there still: then it waits here again.
    @Test func whatStillWaitsThereGoesOnHere() async throws {
        let (gateway, former, next) = try await gateway(.polledTwice)
        for _ in 0..<2 {
            gateway.ca.onPoll { _, _ in
                .pending(PendingOrder(order: CAOrder(caRequestID: "7"), waitingFor: .approver))
            }
        }
        try await gateway.work()
        #expect(try await gateway.order(former.id).stage == .pending)
        #expect(try await gateway.order(next).stage == .cancelled)
        gateway.clock.advance(100_000)
        try await gateway.work()
        #expect(try await gateway.order(former.id).stage == .active)
        #expect(gateway.ca.orders == [former.reference: 1])
    }

    /// It has ended there, or was never there: the next one leaves, after one look.
    @Test func whatHasEndedStandsInNobodysWay() async throws {
        let (gateway, former, next) = try await gateway(.polledTwice)
        gateway.ca.onPoll { _, _ in .rejected(OrderRejection(reason: "no such person")) }
        try await gateway.work()
        #expect(try await gateway.order(former.id).stage == .rejected)
        #expect(try await gateway.order(next).stage == .active)
        #expect(gateway.ca.orders.count == 2)
    }

    /// No answer is none: the next one waits, as one in doubt does.
    @Test func withoutAnAnswerNothingLeaves() async throws {
        let (gateway, former, next) = try await gateway(.polledTwice)
        for _ in 0..<3 { gateway.ca.onPoll { _, _ in throw ConnectorError(.transient, "503") } }
        for _ in 0..<3 {
            try await gateway.work()
            let order = try await gateway.order(next)
            #expect(order.stage == .keyed && order.attempt == 0 && order.errorKind == "transient")
            gateway.clock.advance(1000)
        }
        try await gateway.work()
        #expect(try await gateway.order(former.id).stage == .active && gateway.ca.orders == [former.reference: 1])
    }

    /// A certificate for other names is not what is wanted now: a person decides, once.
    @Test func oneForOtherNamesWaitsForAPerson() async throws {
        let (gateway, former, next) = try await gateway(.polledTwice, names: "ada.new")
        try await gateway.work()
        let held = try await gateway.order(next)
        #expect(held.isHeld && held.attempt == 0 && held.holdReason?.contains(former.reference) == true, "\(held)")
        #expect(try await gateway.order(former.id).stage == .rejected)
        try await gateway.ledger.retry(next, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(next).stage == .active)
    }

    @Test func whatCannotBeToldWaitsForAPerson() async throws {
        let (gateway, former, next) = try await gateway(.refused)
        gateway.ca.onFind({ _, _ in .undecidable("two of them") }, { _, _ in .undecidable("two of them") })
        try await gateway.work()
        let held = try await gateway.order(next)
        #expect(held.isHeld && held.attempt == 0 && held.holdReason?.contains("two of them") == true, "\(held)")
        try await gateway.ledger.retry(next, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(next).stage == .active)
        #expect(try await gateway.order(former.id).stage == .rejected)
    }

    /// A person has looked and said that nothing will come of it: it is not asked about any more, and its key is gone.
    @Test func aPersonsWordEndsIt() async throws {
        let gateway = try await TestGateway(abilities: [.poll])
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .pending(PendingOrder(order: CAOrder(caRequestID: "7"), waitingFor: .approver))
        }
        let id = try await gateway.plan()
        try await gateway.work()
        try await gateway.ledger.cancelAbsent(id, by: "test")
        #expect(try await gateway.ledger.key(orderID: id)?.sealed == nil)
        let next = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(next).stage == .active)
        #expect(gateway.ca.calls == ["enroll", "enroll"])
    }

    /// A key is kept for a while after the end, and no longer; that of an order which never left is not kept at all.
    @Test func keysAreErasedAfterTheirTime() async throws {
        let (gateway, former, next) = try await gateway(.refused)
        try await gateway.ledger.requestCancel(next, by: "test")
        let end = try await gateway.order(former.id).updatedAt
        #expect(try await gateway.ledger.eraseKeptKeys(endedBefore: end) == 0)
        #expect(try await gateway.ledger.key(orderID: former.id)?.sealed != nil)
        #expect(try await gateway.ledger.eraseKeptKeys(endedBefore: end + 1) == 1)
        #expect(try await gateway.ledger.key(orderID: former.id)?.sealed == nil)
        #expect(try await gateway.kinds(former.id).last == "keyErased")
        #expect(try await gateway.ledger.eraseKeptKeys(endedBefore: end + 1) == 0)
        #expect(try await gateway.ledger.formerOrders(of: gateway.order(next), limit: 5).isEmpty)
    }
}
