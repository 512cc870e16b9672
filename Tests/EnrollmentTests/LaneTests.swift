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

/// Lanes: places, wake-up, numbers that come from outside, and a database that is away for a moment.
@Suite(.timeLimit(.minutes(2))) struct LaneTests {
    private static let waiting: ScriptedConnector.Enrolling = { ca, request in
        ca.take(request)
        return .pending(
            PendingOrder(
                order: CAOrder(caRequestID: request.reference), waitingFor: .approver, retryAfter: .seconds(60)))
    }

    /// One call that does not come back keeps nobody else waiting while places are free.
    @Test func aSlowCallKeepsNoOtherOrderUnpolled() async throws {
        let gateway = try await TestGateway()
        for number in 0..<5 {
            gateway.ca.onEnroll(Self.waiting)
            try await gateway.plan("user\(number)")
        }
        try await gateway.work()
        let gate = Gate()
        gateway.ca.onEnroll { ca, request in
            await gate.pass()
            ca.take(request)
            return try ca.issue(request)
        }
        try await gateway.plan("slow")
        let engine = gateway.engine(concurrency: 4)
        let pass = Task { try await engine.work(until: gateway.clock.now() + 1000) }
        try await gate.arrival()
        gateway.clock.advance(61)
        while gateway.ca.calls.count(where: { $0 == "poll" }) < 5 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(gateway.ca.orders.count == 5, "the slow one is still under way")
        gate.open()
        try await pass.value
        #expect(try await gateway.ledger.orders().allSatisfy { $0.stage == .active })
    }

    /// A pass that stays for a while comes back when the pause is over, whatever falls due first.
    @Test(arguments: [1, 3]) func aPauseIsWaitedFor(_ orders: Int) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.authentication, "401") }
        for number in 0..<orders { try await gateway.plan("user\(number)") }
        try await gateway.engine().work(until: gateway.clock.now() + 100_000)
        #expect(try await gateway.ledger.orders().allSatisfy { $0.stage == .active })
    }

    /// The ledger keeps milliseconds, a clock does not: what the ledger gives out as due is worked on.
    @Test func whatIsDueToTheMillisecondIsDue() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.transient, "503", retryAfter: .seconds(90)) }
        let id = try await gateway.plan()
        try await gateway.work()
        let due = try #require(try await gateway.order(id).nextActionAt)
        gateway.clock.advance(due.timeIntervalSince(gateway.clock.now()) - 0.0003)
        try await gateway.work()
        #expect(gateway.ca.calls == ["enroll", "find", "enroll"])
    }

    /// What becomes due while the engine serves is taken up by itself, and at a bell at once.
    @Test func servingTakesUpWhatIsPlannedLater() async throws {
        let gateway = try await TestGateway()
        let engine = gateway.engine()
        let service = Task { await engine.serve() }
        try await gateway.plan("ada")
        while try await gateway.ledger.orders().first?.stage != .active { try await Task.sleep(for: .milliseconds(5)) }
        try await gateway.plan("bob", backendCA: "other")
        engine.wakeUp()
        while try await gateway.ledger.orders().contains(where: { $0.stage != .active }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        engine.stop()
        await service.value
        #expect(gateway.ca.orders.count == 1 && gateway.otherCA.orders.count == 1)
    }

    /// An answer is in hand and the database is busy for a moment: the answer is kept until it can be written.
    @Test(arguments: [StoreError(.busy, "locked"), StoreError(.connection, "gone")])
    func anAnswerInHandOutlivesABusyDatabase(_ error: StoreError) async throws {
        let gateway = try await TestGateway(abilities: [])
        let database = gateway.database
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            database.fail(with: error, times: 5)
            return try ca.issue(request)
        }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active, "the CA cannot be searched: a lost answer would be held")
        #expect(gateway.ca.calls == ["enroll"])
    }

    /// A lane whose store fails ends; it is no other lane's business.
    @Test func anErrorOfOneLaneEndsNoOther() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw StoreError(.full, "the disk is full") }
        try await gateway.plan("ada")
        for number in 0..<6 { try await gateway.plan("sound\(number)", backendCA: "other") }
        await #expect(throws: StoreError.self) { try await gateway.engine(concurrency: 1).work(until: nil) }
        #expect(gateway.otherCA.orders.count == 6)
    }

    /// `Retry-After: 0`, or 1, for ever: the pass ends, and neither requests nor events pile up.
    @Test(arguments: [Duration.zero, .seconds(1), .seconds(-5)])
    func whoSaysAtOnceEveryTimeIsNotAskedEndlessly(_ wait: Duration) async throws {
        let gateway = try await TestGateway()
        let throttling: ScriptedConnector.Enrolling = { _, _ in
            throw ConnectorError(.throttled, "429", retryAfter: wait)
        }
        for _ in 0..<400 { gateway.ca.onEnroll(throttling) }
        for name in ["ada", "bob", "eve"] { try await gateway.plan(name) }
        try await gateway.work()
        #expect(gateway.ca.calls.count <= 3)
        let end = gateway.clock.now() + 600
        while gateway.clock.now() < end {
            try await gateway.work()
            gateway.clock.advance(1)
        }
        #expect(gateway.ca.calls.count < 60, "three orders in ten minutes: \(gateway.ca.calls.count)")
        for order in try await gateway.ledger.orders() {
            #expect(try await gateway.ledger.events(order.id).count <= 5)
            #expect(order.failures > 3 || order.failures == 0)
        }
    }

    /// A quota of hours is a rest that ends by itself, and nobody has to do anything.
    @Test func aRestOfHoursIsNoAlarm() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in
            throw ConnectorError(.throttled, "the CA answered 429", retryAfter: .seconds(7200))
        }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(gateway.backends.openAlarms.isEmpty)
        gateway.clock.advance(7199)
        try await gateway.work()
        #expect(gateway.ca.calls == ["enroll"] || gateway.ca.calls == ["enroll", "find"])
        gateway.clock.advance(1)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
    }

    /// Nobody means ten years: the CA is asked again after a day, and somebody hears of it.
    @Test func tenYearsAreADayAndAnAlarm() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in
            throw ConnectorError(.throttled, "the CA answered 429", retryAfter: .seconds(315_360_000))
        }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).nextActionAt == gateway.clock.now() + 86_400)
        #expect(gateway.backends.openAlarms["main"]?.contains("left alone for 315360000 s") == true)
        gateway.clock.advance(86_400)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.backends.openAlarms.isEmpty)
    }

    @Test(arguments: [Duration.zero, .seconds(-3), .seconds(Int64.max / 4)])
    func aPollHasARangeToo(_ wait: Duration) async throws {
        let gateway = try await TestGateway()
        let pending: ScriptedConnector.Enrolling = { ca, request in
            ca.take(request)
            return .pending(
                PendingOrder(order: CAOrder(caRequestID: "1"), waitingFor: .approver, retryAfter: wait))
        }
        gateway.ca.onEnroll(pending)
        let id = try await gateway.plan()
        try await gateway.work()
        let next = try #require(try await gateway.order(id).nextActionAt)
        #expect(next >= gateway.clock.now() + 1 && next <= gateway.clock.now() + 86_400)
        #expect(gateway.ca.calls == ["enroll"])
    }
}
