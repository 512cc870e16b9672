// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// Somebody wants an order withdrawn, wherever it is.
@Suite(.timeLimit(.minutes(5))) struct CancelTests {
    private static let pending: ScriptedConnector.Enrolling = { ca, request in
        ca.take(request)
        return .pending(PendingOrder(order: CAOrder(caRequestID: "1"), waitingFor: .approver, retryAfter: .seconds(60)))
    }

    @Test func beforeItHasLeftItEndsHere() async throws {
        let gateway = try await TestGateway(abilities: [.poll, .cancel])
        let planned = try await gateway.plan("ada")
        try await gateway.ledger.requestCancel(planned, by: "test")
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.transient, "503") }
        let keyed = try await gateway.plan("bob")
        try await gateway.work()
        #expect(try await gateway.order(keyed).stage == .keyed)
        try await gateway.ledger.requestCancel(keyed, by: "test")
        try await gateway.work()
        for id in [planned, keyed] {
            #expect(try await gateway.order(id).stage == .cancelled)
            #expect(try await (gateway.ledger.key(orderID: id)?.sealed == nil) == (id == planned))
        }
        #expect(gateway.ca.calls == ["enroll"])
    }

    @Test func aWaitingOrderIsCancelledAtTheCA() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.pending)
        let seen = Noted<CAOrder?>(nil)
        gateway.ca.onCancel(
            { _ in throw ConnectorError(.transient, "503") }, { order in seen.change { $0 = order } })
        let id = try await gateway.plan()
        try await gateway.work()
        try await gateway.ledger.requestCancel(id, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .pending)
        #expect(try await gateway.order(id).cancelRequested)
        gateway.clock.advance(5)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .cancelled)
        #expect(seen.value == CAOrder(caRequestID: "1"))
        #expect(gateway.ca.calls == ["enroll", "cancel", "cancel", "poll", "poll"])
    }

    /// A CA says yes and goes on with the order: the key stays until the CA has let go.
    @Test func aCancellationCountsWhenTheCAHasLetGo() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.pending)
        gateway.ca.onPoll(Self.pending, Self.pending)
        let id = try await gateway.plan()
        try await gateway.work()
        try await gateway.ledger.requestCancel(id, by: "test")
        for _ in 0..<2 {
            try await gateway.work()
            let order = try await gateway.order(id)
            #expect(order.stage == .pending && order.cancelRequested && order.nextActionAt != nil)
            #expect(order.detail?.hasPrefix("the CA was told to cancel the order and still has it") == true)
            #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
            gateway.clock.advance(3600)
        }
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .cancelled)
        #expect(try await gateway.kinds(id).filter { $0 == "cancelling" }.count == 1)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
    }

    /// Told to cancel, in doubt or waiting, and issued all the same: kept, and delivered by a person's word alone.
    @Test(arguments: [OrderStage.submitted, .pending])
    func whatIsIssuedInSpiteOfItIsHeld(from stage: OrderStage) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            if stage == .pending { return try await Self.pending(ca, request) }
            ca.take(request)
            throw ConnectorError(.outcomeUnknown, "no answer within 60 s")
        }
        if stage == .submitted { gateway.ca.onFind { _, _ in throw ConnectorError(.transient, "503") } }
        gateway.ca.onFind { ca, request in .found(try ca.issue(request)) }
        gateway.ca.onPoll { ca, request in try ca.issue(request) }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == stage)
        try await gateway.ledger.requestCancel(id, by: "test")
        gateway.clock.advance(600)
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .issued && order.isHeld && !order.cancelRequested, "\(order)")
        #expect(order.holdReason?.contains("in spite of the request to cancel") == true)
        #expect(try await gateway.kinds(id).contains("cancelRefused"))
        try await gateway.ledger.retry(id, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.orders.values.allSatisfy { $0 == 1 })
    }

    @Test func whatTheCADoesNotCancelIsHeld() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.pending)
        gateway.ca.onCancel { _ in throw ConnectorError(.refused, "it is approved already") }
        gateway.ca.onPoll(Self.pending)
        try await expectHeld(gateway, "the CA does not cancel the order: it is approved already; 'certway order retry")
    }

    @Test func aCAWithoutCancellingSaysSo() async throws {
        let gateway = try await TestGateway(abilities: [.poll, .findByReference])
        gateway.ca.onEnroll(Self.pending)
        try await expectHeld(gateway, "withdraw it there, then 'certway order cancel")
        #expect(!gateway.ca.calls.contains("cancel"))
    }

    /// Whoever wanted it cancelled learns that it is not, and nothing is delivered before that person has decided.
    private func expectHeld(_ gateway: TestGateway, _ reason: String) async throws {
        let id = try await gateway.plan()
        try await gateway.work()
        try await gateway.ledger.requestCancel(id, by: "test")
        for _ in 0..<2 {
            try await gateway.work()
            gateway.clock.advance(86_400)
        }
        let order = try await gateway.order(id)
        #expect(order.stage == .pending && !order.cancelRequested)
        #expect(order.holdReason?.contains(reason) == true, "\(order.holdReason ?? "not held")")
        #expect(try await gateway.kinds(id).contains("cancelRefused"))
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        try await gateway.ledger.retry(id, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
    }

    /// Withdrawn at the CA by hand, where nobody can cancel or even ask for it by program.
    @Test(arguments: [[], [.poll]] as [[ConnectorAbility]])
    func whoHasLookedEndsWhatTheCADoesNotCancel(abilities: [ConnectorAbility]) async throws {
        let gateway = try await TestGateway(abilities: abilities)
        gateway.ca.onEnroll(Self.pending)
        let id = try await gateway.plan()
        try await gateway.work()
        try await gateway.ledger.requestCancel(id, by: "test")
        gateway.ca.onPoll { ca, request in try await Self.pending(ca, request) }
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .pending && order.isHeld)
        let refusal = try await gateway.ledger.events(id).first { $0.kind == "cancelRefused" }
        #expect(refusal?.message.contains("'certway order cancel \(order.reference) --absent'") == true)
        try await gateway.ledger.cancelAbsent(id, by: "test")
        #expect(try await gateway.order(id).stage == .cancelled)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil, "people err")
    }

    /// The request comes while the call to the CA is under way.
    @Test func duringTheSubmissionTheAnswerDecides() async throws {
        let gateway = try await TestGateway()
        let gate = Gate()
        gateway.ca.onEnroll { ca, request in
            await gate.pass()
            return try await Self.pending(ca, request)
        }
        let id = try await gateway.plan()
        async let pass: Void = gateway.work()
        try await gate.arrival()
        try await gateway.ledger.requestCancel(id, by: "test")
        gate.open()
        try await pass
        gateway.clock.advance(60)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .cancelled)
        #expect(gateway.ca.calls == ["enroll", "cancel", "poll", "poll"])
    }

    @Test func anIssuedOrderIsNotCancelled() async throws {
        let gateway = try await TestGateway()
        let id = try await gateway.planWithIntune()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .issued)
        await #expect(throws: LedgerError.self) { try await gateway.ledger.requestCancel(id, by: "test") }
        await #expect(throws: LedgerError.self) { try await gateway.ledger.cancelAbsent(id, by: "test") }
    }
}
