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

/// Stopping, leases and the store, as the engine sees them.
@Suite(.timeLimit(.minutes(5))) struct EngineTests {
    /// A gateway whose CA keeps every order waiting at a gate.
    private static func gated(_ orders: Int) async throws -> (TestGateway, Gate, [Int64]) {
        let gateway = try await TestGateway()
        let gate = Gate()
        var ids: [Int64] = []
        for number in 0..<orders {
            gateway.ca.onEnroll { ca, request in
                await gate.pass()
                try Task.checkCancellation()
                ca.take(request)
                return try ca.issue(request)
            }
            ids.append(try await gateway.plan("user\(number)"))
        }
        return (gateway, gate, ids)
    }

    @Test func stoppingFinishesTheStepUnderWayAndLeavesNoLease() async throws {
        let (gateway, gate, ids) = try await Self.gated(3)
        let engine = gateway.engine(concurrency: 2)
        let pass = Task { try await engine.work(until: .distantFuture) }
        try await gate.arrival(of: 2)
        engine.stop()
        gate.open()
        try await pass.value
        let orders = try await gateway.ledger.orders()
        #expect(orders.allSatisfy { $0.leaseOwner == nil && $0.leaseUntil == nil })
        #expect(orders.filter { $0.stage == .issued }.count == 2)
        #expect(orders.filter { $0.stage == .planned }.count == 1)
        try await gateway.restart()
        try await gateway.work()
        for id in ids { #expect(try await gateway.order(id).stage == .active) }
    }

    /// Who cancels the pass means to stop. An order that has left must hear its answer all the same.
    @Test func cancellingThePassDoesNotBreakOffACall() async throws {
        let (gateway, gate, ids) = try await Self.gated(1)
        let engine = gateway.engine()
        let pass = Task { try await engine.work(until: .distantFuture) }
        try await gate.arrival()
        pass.cancel()
        try await Task.sleep(for: .milliseconds(20))
        gate.open()
        try await pass.value
        #expect(try await gateway.order(ids[0]).stage == .issued)
        #expect(try await gateway.order(ids[0]).leaseOwner == nil)
        #expect(gateway.ca.calls == ["enroll"])
    }

    @Test func stoppingEndsTheWaitForWhatIsNotDueYet() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in
            .pending(
                PendingOrder(order: CAOrder(caRequestID: "1"), waitingFor: .approver, retryAfter: .seconds(86_400)))
        }
        try await gateway.plan()
        let engine = gateway.engine()
        let pass = Task { try await engine.work(until: .distantFuture) }
        while !gateway.ca.calls.contains("enroll") { try await Task.sleep(for: .milliseconds(1)) }
        pass.cancel()
        try await pass.value
        #expect(try await gateway.ledger.orders().allSatisfy { $0.leaseOwner == nil })
    }

    /// A call that lasts longer than the lease: nobody, not even the same engine, may take the order for abandoned.
    @Test func theLeaseIsKeptWhileACallLasts() async throws {
        let (gateway, gate, ids) = try await Self.gated(1)
        let pass = Task { try await gateway.engine(lease: .seconds(30)).work(until: nil) }
        try await gate.arrival()
        for _ in 0..<40 {
            try await gateway.clock.untilSomebodySleeps()
            gateway.clock.advance(11)
            while try await gateway.order(ids[0]).leaseUntil ?? .distantPast < gateway.clock.now() + 25 {
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(try await gateway.ledger.claim(limit: 10, owner: "node-2", leaseFor: .seconds(30)).isEmpty)
        }
        gate.open()
        try await pass.value
        #expect(try await gateway.order(ids[0]).stage == .active)
        #expect(gateway.ca.calls == ["enroll"])
    }

    /// Another node has taken the order over while this one was away: its commit must not count.
    @Test func aLostLeaseDoesNotCommit() async throws {
        let (gateway, gate, ids) = try await Self.gated(1)
        let pass = Task { try await gateway.engine(lease: .seconds(30)).work(until: nil) }
        try await gate.arrival()
        try await gateway.ledger.releaseLeases(of: "node-1")
        let claim = try #require(
            try await gateway.ledger.claim(limit: 1, owner: "node-2", leaseFor: .seconds(600)).first)
        gate.open()
        try await pass.value
        let order = try await gateway.order(ids[0])
        #expect(order.stage == .submitted)
        #expect(order.leaseOwner == "node-2")
        #expect(try await gateway.ledger.certificates().isEmpty)
        // The other node finds the order at the CA.
        try await gateway.ledger.release(claim)
        try await gateway.work()
        #expect(try await gateway.order(ids[0]).stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// The call is broken off once the lease is known to be lost, so that it cannot leave late.
    @Test func aLostLeaseBreaksTheCallOff() async throws {
        let gateway = try await TestGateway()
        let gate = Gate()
        let wasCancelled = Noted(false)
        gateway.ca.onEnroll { ca, request in
            await gate.pass()
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                wasCancelled.change { $0 = true }
                throw error
            }
            ca.take(request)
            return try ca.issue(request)
        }
        try await gateway.plan()
        let pass = Task { try await gateway.engine(lease: .seconds(30)).work(until: nil) }
        gate.open()
        try await gate.arrival()
        try await gateway.ledger.releaseLeases(of: "node-1")
        _ = try await gateway.ledger.claim(limit: 1, owner: "node-2", leaseFor: .seconds(600))
        try await gateway.clock.untilSomebodySleeps()
        gateway.clock.advance(11)
        try await pass.value
        #expect(wasCancelled.value)
        #expect(gateway.ca.orders.isEmpty)
    }

    @Test func anErrorOfTheStoreComesOutAfterTheOthersHaveEndedTheirSteps() async throws {
        let (gateway, gate, ids) = try await Self.gated(2)
        let engine = gateway.engine(concurrency: 3)
        let pass = Task { try await engine.work(until: nil) }
        try await gate.arrival(of: 2)
        gateway.database.fail(after: 0, with: StoreError(.full, "the disk is full"))
        gate.open()
        await #expect(throws: StoreError(.full, "the disk is full")) { try await pass.value }
        gateway.database.fail(with: nil)
        #expect(gateway.ca.orders.count == 2)
        try await gateway.ledger.releaseLeases(of: "node-1")
        try await engine.work(until: nil)
        for id in ids { #expect(try await gateway.order(id).stage == .active) }
        #expect(gateway.ca.orders.values.allSatisfy { $0 == 1 })
        #expect(engine.activated == 2)
    }

    @Test func anOrderThatBreaksARuleOfTheStoreDoesNotStopTheOthers() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw StoreError(.constraint, "text too long") }
        let bad = try await gateway.plan("ada")
        let good = try await gateway.plan("bob")
        try await gateway.engine(concurrency: 1).work(until: nil)
        #expect(try await gateway.order(bad).holdReason == "the ledger cannot store what came back: text too long")
        #expect(try await gateway.order(good).stage == .active)
    }

    @Test func heldOrdersAreLeftAlone() async throws {
        let gateway = try await TestGateway()
        let id = try await gateway.plan()
        try await gateway.ledger.hold(id, reason: "wait", by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .planned)
        #expect(try await gateway.ledger.key(orderID: id) == nil)
    }
}
