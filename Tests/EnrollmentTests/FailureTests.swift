// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Store
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// Failures that somebody or nobody must mend, and that lose nothing.
@Suite(.timeLimit(.minutes(5))) struct FailureTests {
    @Test func aPassingFailureIsLookedForAndTriedAgain() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.transient, "503") }
        let id = try await gateway.plan()
        try await gateway.work()
        var order = try await gateway.order(id)
        #expect(order.stage == .submitted)
        #expect(order.errorKind == "transient")
        #expect(order.failures == 1)
        let key = try await gateway.ledger.key(orderID: id)
        gateway.clock.advance(60)
        try await gateway.work()
        order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(order.errorKind == nil && order.failures == 0)
        #expect(gateway.ca.calls == ["enroll", "find", "enroll"])
        #expect(gateway.ca.orders == [order.reference: 1])
        #expect(try await gateway.ledger.key(orderID: id)?.publicKey == key?.publicKey)
    }

    @Test func theCASaysWhenToComeBack() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.throttled, "429", retryAfter: .seconds(77)) }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).nextActionAt == gateway.clock.now() + 77)
        gateway.clock.advance(76)
        try await gateway.work()
        #expect(gateway.ca.calls == ["enroll"])
        gateway.clock.advance(1)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
    }

    /// Wrong credentials, tried by every order, lock the account at some CAs.
    @Test func aBackendCAThatRefusesTheCredentialsPauses() async throws {
        let gateway = try await TestGateway()
        let refusal: ScriptedConnector.Enrolling = { _, _ in throw ConnectorError(.authentication, "401") }
        gateway.ca.onEnroll(refusal)
        for number in 0..<20 { try await gateway.plan("user\(number)") }
        try await gateway.engine(concurrency: 1).work(until: nil)
        #expect(gateway.ca.calls == ["enroll"])
        #expect(gateway.backends.openAlarms == ["main": "401"])
        // The others have not even been taken up, and say nothing that is not about them.
        let orders = try await gateway.ledger.orders()
        #expect(orders.filter { $0.stage == .submitted && $0.errorKind == "authentication" }.count == 1)
        #expect(orders.filter { $0.stage == .planned && $0.errorKind == nil }.count == 19)
        gateway.clock.advance(200)
        try await gateway.work()
        #expect(try await gateway.ledger.orders().allSatisfy { $0.stage == .active })
        #expect(gateway.backends.openAlarms.isEmpty)
    }

    @Test func aFailingPollLeavesTheOrderPending() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in
            .pending(PendingOrder(order: CAOrder(caRequestID: "1"), waitingFor: .approver, retryAfter: .zero))
        }
        gateway.ca.onPoll({ _, _ in throw ConnectorError(.outcomeUnknown, "time-out") })
        let id = try await gateway.plan()
        try await gateway.work()
        gateway.clock.advance(1)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .pending)
        #expect(try await gateway.order(id).errorKind == "outcomeUnknown")
        gateway.clock.advance(10)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
    }

    @Test func aPendingOrderOfACAWithoutPollingWaitsForTheOperator() async throws {
        let gateway = try await TestGateway(abilities: [])
        gateway.ca.onEnroll { _, _ in
            .pending(PendingOrder(order: CAOrder(caRequestID: "1"), waitingFor: .approver, retryAfter: .zero))
        }
        let id = try await gateway.plan()
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .pending)
        #expect(order.caRequestID == "1")
        #expect(
            order.holdReason?.hasPrefix("waiting for an approver at the CA; the CA has the order as 1, and main cannot")
                == true)
    }

    /// Better not to buy a certificate whose key cannot be archived.
    @Test func anExpiredAgentIsNoticedBeforeTheOrderLeaves() async throws {
        let gateway = try await TestGateway(agentValidDays: -0.5)
        let id = try await gateway.plan()
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .keyed)
        #expect(order.detail?.contains("key recovery agent agent: the certificate expired on ") == true)
        #expect(gateway.ca.calls.isEmpty)
        let unarchived = try await gateway.plan("bob", terms: "")
        try await gateway.work()
        #expect(try await gateway.order(unarchived).stage == .active)
    }

    @Test(arguments: [[ConnectorAbility.poll, .findByReference], [.poll], [.findByReference]])
    func anAgentThatExpiresWhileTheCAWorksLosesNothing(_ abilities: [ConnectorAbility]) async throws {
        let gateway = try await TestGateway(abilities: abilities, agentValidDays: 1)
        let clock = gateway.clock
        gateway.ca.onEnroll { ca, request in
            clock.advance(2 * 86_400)
            ca.take(request)
            return try ca.issue(request)
        }
        let id = try await gateway.plan()
        try await gateway.engine(lease: .seconds(1_000_000)).work(until: nil)
        let order = try await gateway.order(id)
        #expect(!order.isHeld)
        #expect(order.stage == .submitted)
        #expect(order.caRequestID == "ca-\(order.reference)")
        #expect(order.certificateID == nil)
        #expect(try await gateway.ledger.certificates().isEmpty)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        let event = try #require(try await gateway.ledger.events(id).last)
        #expect(event.kind == "postponed")
        #expect(event.data["certificate"]?.string != nil)
        // The operator puts a new certificate in.
        let engine = gateway.engine(agents: try gateway.renewedAgents(at: clock.now())) { $0.concurrency = 1 }
        clock.advance(200)
        try await engine.work(until: nil)
        #expect(try await gateway.order(id).stage == .active)
        #expect(try await gateway.ledger.archivedKey(orderID: id) != nil)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    @Test func anUnusableBackendCALeavesTheOthersAlone() async throws {
        let gateway = try await TestGateway()
        let broken = try await gateway.plan("ada", backendCA: "broken")
        let gone = try await gateway.plan("eve", backendCA: "gone")
        let sound = try await gateway.plan("bob")
        try await gateway.work()
        #expect(try await gateway.order(sound).stage == .active)
        #expect(try await gateway.order(broken).stage == .keyed)
        #expect(try await gateway.order(broken).detail == "backend CA broken: its module is missing")
        #expect(
            try await gateway.order(gone).detail
                == "backend CA gone is not configured any more; orders it took still need it")
        #expect(try await gateway.ledger.orders().allSatisfy { $0.leaseOwner == nil })
    }

    @Test func anotherSealingKeyIsNoticedAndLosesNothing() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in
            .pending(PendingOrder(order: CAOrder(caRequestID: "1"), waitingFor: .approver, retryAfter: .zero))
        }
        let id = try await gateway.plan()
        try await gateway.work()
        try await gateway.restart()
        let other = try await TestGateway()
        let engine = gateway.engine(sealingKey: other.sealingKey) { $0.concurrency = 1 }
        gateway.clock.advance(10)
        try await engine.work(until: nil)
        #expect(try await gateway.order(id).stage == .pending)
        #expect(try await gateway.order(id).detail?.contains("does not open") == true)
        gateway.clock.advance(200)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
    }

    @Test func theStoreThatFailsEndsThePassAndTheNextOneGoesOn() async throws {
        let gateway = try await TestGateway()
        for number in 0..<6 { try await gateway.plan("user\(number)") }
        var failures = 0
        for writes in 1..<20 {
            gateway.database.fail(after: writes, with: StoreError(.full, "the disk is full"))
            do {
                try await gateway.engine(concurrency: 2).work(until: nil)
            } catch let error as StoreError {
                #expect(error.code == .full)
                failures += 1
            }
            gateway.database.fail(with: nil)
            // What the next process does; absence at the CA needs its time.
            try await gateway.ledger.releaseLeases(of: "node-1")
            gateway.clock.advance(61)
        }
        #expect(failures > 3)
        let orders = try await gateway.ledger.orders()
        #expect(orders.allSatisfy { $0.stage == .active }, "\(orders.map(\.stage))")
        #expect(gateway.ca.orders.count == 6)
        #expect(gateway.ca.orders.values.allSatisfy { $0 == 1 })
    }
}
