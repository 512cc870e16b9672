// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// The moment at which an order leaves, and what proves that it has not been taken.
@Suite(.timeLimit(.minutes(2))) struct SubmissionTests {
    /// A connector that fails before it says that the order leaves.
    private static func gateway(failing error: any Error) async throws -> (TestGateway, Int64) {
        let gateway = try await TestGateway()
        gateway.ca.beforeGate { _ in throw error }
        let id = try await gateway.plan()
        try await gateway.work()
        return (gateway, id)
    }

    @Test(arguments: [
        ConnectorError.Kind.transient, .throttled, .authentication, .configuration, .outcomeUnknown,
    ])
    func whatFailsBeforeTheOrderLeavesIsNeverInDoubt(_ kind: ConnectorError.Kind) async throws {
        let (gateway, id) = try await Self.gateway(failing: ConnectorError(kind, "the login fails"))
        let order = try await gateway.order(id)
        #expect(order.stage == .keyed && order.attempt == 0)
        #expect(try await gateway.kinds(id) == ["planned", "keyed", "postponed"])
        gateway.clock.advance(1000)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.calls == ["enroll", "enroll"], "nothing had left, so nothing is searched for")
    }

    /// Who stands between the CA and us has passed the order on, and speaks for itself in words that look like the CA's.
    @Test(arguments: [ConnectorError.Kind.throttled, .refused, .authentication, .configuration, .transient])
    func aWordThatTheCADidNotSayBuysNothingTwice(_ kind: ConnectorError.Kind) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            throw ConnectorError(kind, "no", retryAfter: .seconds(10))
        }
        let id = try await gateway.plan()
        try await gateway.work()
        gateway.clock.advance(100)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.calls == ["enroll", "find"] && gateway.ca.orders.values.allSatisfy { $0 == 1 })
    }

    /// The same where the connector returns the refusal as an outcome: the order that it tells of may be another one.
    @Test(arguments: OrderRejection.Kind.allCases, [CAOrder?.none, CAOrder(caRequestID: "7")])
    func aRejectionIsLookedForToo(_ kind: OrderRejection.Kind, _ order: CAOrder?) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .rejected(OrderRejection(kind: kind, order: order, reason: "no"))
        }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
    }

    /// The CA has said no itself: where the look tells nothing, the CA's word stands.
    @Test(arguments: ["absent", "undecidable", "refused"])
    func aRefusalStandsOnceTheCAHasBeenLookedAt(_ search: String) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.refused, "no such domain") }
        gateway.ca.onFind { _, _ in
            switch search {
            case "undecidable": return .undecidable("two of them")
            case "refused": throw ConnectorError(.refused, "no right to search")
            default: return .absent
            }
        }
        let id = try await gateway.plan()
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .rejected && order.detail == "no such domain" && order.errorKind == "refused")
        #expect(gateway.ca.calls == ["enroll", "find"])
    }

    /// While the look fails the order is neither ended nor placed again, and its key is kept.
    @Test(arguments: [ConnectorError.Kind.refused, .authentication, .configuration])
    func nothingIsDecidedWithoutTheLook(_ kind: ConnectorError.Kind) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(kind, "no") }
        for _ in 0..<9 { gateway.ca.onFind { _, _ in throw ConnectorError(.transient, "down") } }
        let id = try await gateway.plan()
        for _ in 0..<3 {
            try await gateway.work()
            #expect(try await gateway.order(id).stage == .submitted)
            #expect(try await gateway.ledger.key(orderID: id)?.sealed?.isEmpty == false)
            gateway.clock.advance(100)
        }
        #expect(gateway.ca.calls.count(where: { $0 == "enroll" }) == 1)
    }

    /// An answer that was another order's: two orders with one id would be cancelled and ended as one.
    @Test func twoOrdersNeverShareAnID() async throws {
        let gateway = try await TestGateway()
        let waiting = PendingOrder(order: CAOrder(caRequestID: "900100"), waitingFor: .approver)
        for _ in 0..<2 {
            gateway.ca.onEnroll { ca, request in
                ca.take(request)
                return .pending(waiting)
            }
        }
        let first = try await gateway.plan("ada")
        try await gateway.work()
        let second = try await gateway.plan("bob")
        try await gateway.work()
        #expect(try await gateway.order(first).caRequestID == "900100")
        let doubtful = try await gateway.order(second)
        #expect(doubtful.stage == .submitted && doubtful.caRequestID == nil)
        #expect(doubtful.detail?.contains("is order \(try await gateway.order(first).reference) here") == true)
        gateway.clock.advance(1000)
        try await gateway.work()
        #expect(try await gateway.order(second).stage == .active, "the search finds its own")
        #expect(gateway.ca.orders.values.allSatisfy { $0 == 1 })
    }

    @Test func theLedgerKnowsBeforeTheCADoes() async throws {
        let gateway = try await TestGateway()
        let seen = Noted<[OrderStage]>([])
        let ledger = gateway.ledger
        gateway.ca.beforeGate { request in
            let stage = try await ledger.order(reference: request.reference)?.stage
            seen.change { $0.append(stage ?? .failed) }
        }
        gateway.ca.onEnroll { ca, request in
            let stage = try await ledger.order(reference: request.reference)?.stage
            seen.change { $0.append(stage ?? .failed) }
            ca.take(request)
            return try ca.issue(request)
        }
        try await gateway.plan()
        try await gateway.work()
        #expect(seen.value == [.keyed, .submitted])
    }

    /// A stop while orders wait for the rate limit or a login: none of them has left, and none leaves any more.
    @Test func aStopBeforeTheOrderLeavesLeavesNothingInDoubt() async throws {
        let gateway = try await TestGateway()
        let arrived = Gate()
        for number in 0..<5 {
            gateway.ca.beforeGate { _ in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await arrived.pass() }
                    arrived.open()
                }
                try await Task.sleep(for: .seconds(600))
            }
            try await gateway.plan("user\(number)")
        }
        let engine = gateway.engine()
        let pass = Task { try await engine.work(until: .distantFuture) }
        try await arrived.arrival(of: 5)
        engine.stop()
        try await pass.value
        let orders = try await gateway.ledger.orders()
        #expect(orders.allSatisfy { $0.stage == .keyed && $0.attempt == 0 && $0.leaseOwner == nil })
        #expect(gateway.ca.orders.isEmpty)
        try await gateway.restart()
        try await gateway.work()
        #expect(try await gateway.ledger.orders().allSatisfy { $0.stage == .active })
    }

    /// A connector that does not notice the stop comes to its gate all the same, and finds it closed.
    @Test func nothingLeavesOnceTheGatewayStops() async throws {
        let gateway = try await TestGateway()
        let engine = gateway.engine()
        gateway.ca.beforeGate { _ in engine.stop() }
        let id = try await gateway.plan()
        try await engine.work(until: nil)
        let order = try await gateway.order(id)
        #expect(order.stage == .keyed && order.attempt == 0)
        #expect(gateway.ca.orders.isEmpty)
    }

    /// A call that has left is waited for, but not for ever: what is broken off is searched for.
    @Test func aCallThatDoesNotEndIsBrokenOffAndFoundAgain() async throws {
        let gateway = try await TestGateway()
        let arrived = Gate()
        arrived.open()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            await arrived.pass()
            do { try await Task.sleep(for: .seconds(600)) } catch {
                throw ConnectorError(.outcomeUnknown, "cancelled")
            }
            return try ca.issue(request)
        }
        let id = try await gateway.plan()
        let engine = gateway.engine()
        let pass = Task { try await engine.work(until: .distantFuture) }
        try await arrived.arrival()
        engine.stop()
        try await pass.value
        let order = try await gateway.order(id)
        #expect(order.stage == .submitted)
        try await gateway.restart()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    private static func unclear(_ kind: ConnectorError.Kind?, isTaken: Bool) -> ScriptedConnector.Enrolling {
        { ca, request in
            if isTaken { ca.take(request) }
            throw ConnectorError(.outcomeUnknown, "the CA answered 409: duplicate", ifAbsent: kind)
        }
    }

    /// The CA has made the order and answers with something else: a redirect, a conflict, a proxy's page.
    @Test(arguments: [ConnectorError.Kind?.none, .refused, .configuration, .authentication, .transient])
    func anOrderThatIsThereIsAdoptedWhateverTheAnswerWas(_ kind: ConnectorError.Kind?) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.unclear(kind, isTaken: true))
        let id = try await gateway.plan()
        try await gateway.work()
        // A CA that does not accept our credentials is left alone for a while.
        gateway.clock.advance(200)
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
        #expect(gateway.ca.calls == ["enroll", "find"])
    }

    /// What an answer means that proves nothing keeps other orders from going the same way.
    @Test(arguments: [ConnectorError.Kind.throttled, .authentication])
    func othersAreNotSentAfterADoubtfulOne(_ kind: ConnectorError.Kind) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.unclear(kind, isTaken: false))
        try await gateway.plan("ada")
        try await gateway.work()
        let other = try await gateway.plan("bob")
        try await gateway.work()
        #expect(gateway.ca.calls == ["enroll"])
        #expect(try await gateway.order(other).attempt == 0)
        // Far beyond the pauses' sum, whatever their random part was.
        for _ in 0..<20 {
            gateway.clock.advance(60)
            try await gateway.work()
        }
        #expect(try await gateway.ledger.orders().allSatisfy { $0.stage == .active })
        #expect(gateway.ca.orders.values.allSatisfy { $0 == 1 })
    }

    /// Only when the CA surely does not have it, the answer counts, and only then the key goes.
    @Test func aRefusalCountsOnceAbsenceIsSure() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.unclear(.refused, isTaken: false))
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .submitted)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        gateway.clock.advance(60)
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .rejected)
        #expect(order.detail?.hasPrefix("the CA answered 409: duplicate; ") == true)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        #expect(gateway.ca.calls == ["enroll", "find", "find"])
    }

    @Test(arguments: [ConnectorError.Kind.configuration, .authentication])
    func whatAnOperatorMustMendIsAnAlarmAndUsesNothingUp(_ kind: ConnectorError.Kind) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.unclear(kind, isTaken: false))
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(gateway.backends.openAlarms == ["main": "the CA answered 409: duplicate"])
        // The first look waits until the CA may be asked again.
        for _ in 0..<(kind == .authentication ? 2 : 1) {
            gateway.clock.advance(kind == .authentication ? 200 : 60)
            try await gateway.work()
        }
        let order = try await gateway.order(id)
        #expect(order.stage == .keyed && order.errorKind == kind.rawValue)
        #expect(gateway.backends.openAlarms == ["main": "the CA answered 409: duplicate"])
        gateway.clock.advance(2000)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// A profile that reads neither the answer nor the list would have the CA make one order after the other.
    @Test func whatAProfileDoesNotReadIsNotSentForEver() async throws {
        let gateway = try await TestGateway()
        for _ in 0..<9 { gateway.ca.onEnroll(Self.unclear(.configuration, isTaken: false)) }
        let id = try await gateway.plan()
        for _ in 0..<400 {
            try await gateway.work()
            gateway.clock.advance(600)
        }
        let order = try await gateway.order(id)
        #expect(order.isHeld && order.stage == .submitted, "\(order.stage) \(order.detail ?? "")")
        #expect(order.holdReason?.hasPrefix("2 submissions were answered") == true, "\(order.holdReason ?? "")")
        #expect(gateway.ca.calls.filter { $0 == "enroll" }.count == 2)
    }

    /// Lost answers are none that a profile could have read: an order that was lost twice and then met a redirect is in nobody's hands yet.
    @Test func onlyWhatAProfileDoesNotReadIsCounted() async throws {
        let gateway = try await TestGateway()
        for kind in [.transient, .outcomeUnknown, .configuration] as [ConnectorError.Kind] {
            gateway.ca.onEnroll(Self.unclear(kind, isTaken: false))
        }
        let id = try await gateway.plan()
        for _ in 0..<100 {
            try await gateway.work()
            gateway.clock.advance(600)
        }
        let order = try await gateway.order(id)
        #expect(order.stage == .active, "\(order.stage) \(order.detail ?? "")")
        #expect(gateway.ca.calls.filter { $0 == "enroll" }.count == 4)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// Where nothing can be searched, the person reads the CA's words first, and the key stays.
    @Test func aRefusalThatCannotBeProvedIsHeld() async throws {
        let gateway = try await TestGateway(abilities: [.poll])
        gateway.ca.onEnroll(Self.unclear(.refused, isTaken: true))
        let id = try await gateway.plan()
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.holdReason?.hasPrefix("the CA answered 409: duplicate; main cannot be searched") == true)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
    }

    /// A server that answers 503 to every order is asked less and less often.
    @Test func absentAgainAndAgainIsTriedLaterAndLater() async throws {
        let gateway = try await TestGateway()
        for _ in 0..<6 { gateway.ca.onEnroll(Self.unclear(.transient, isTaken: false)) }
        let id = try await gateway.plan()
        for _ in 0..<600 {
            try await gateway.work()
            gateway.clock.advance(5)
        }
        let order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
        #expect(gateway.ca.calls.filter { $0 == "enroll" }.count == 7)
        #expect(try await gateway.ledger.events(id).count < 50)
    }

    /// Two hours ahead between a lost answer and the search: the wall clock proves nothing.
    @Test(arguments: [7200.0, 259_200.0, -7200.0])
    func aClockThatJumpsMakesNoAbsenceSure(_ jump: Double) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            throw ConnectorError(.outcomeUnknown, "no answer")
        }
        // The order shows at the CA only after a while.
        gateway.ca.onFind({ _, _ in .absent }, { _, _ in .absent })
        let id = try await gateway.plan()
        try await gateway.work()
        gateway.clock.jump(jump)
        gateway.clock.advance(1)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .submitted)
        #expect(gateway.ca.orders.count == 1)
        for _ in 0..<4 {
            gateway.clock.advance(60)
            if jump < 0 { gateway.clock.jump(-jump) }
            try await gateway.work()
        }
        let order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// Passes of a timer are short: together they are long enough, by the uptime of the machine.
    @Test func theFirstLookCountsForTheNextProcess() async throws {
        let gateway = try await TestGateway()
        try await gateway.restart()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.outcomeUnknown, "no answer") }
        let id = try await gateway.plan()
        for _ in 0..<3 {
            try await gateway.work()
            #expect(try await gateway.order(id).stage == .submitted)
            try await gateway.restart()
            gateway.clock.advance(19)
        }
        gateway.clock.jump(-7200)
        gateway.clock.advance(7)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(try await gateway.ledger.state("absence.\(id)") == nil)
        #expect(gateway.ca.calls.filter { $0 == "enroll" }.count == 2)
    }

    /// Another start of the machine has another uptime: nothing has been seen yet, whatever the ledger's times say.
    @Test(arguments: [0, 7200]) func aNewStartOfTheMachineCountsFromItsOwnFirstLook(uptime: Double) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.outcomeUnknown, "no answer") }
        let id = try await gateway.plan()
        try await gateway.work()
        try await gateway.restart(boot: "second")
        gateway.clock.jump(7200)
        gateway.clock.advance(uptime)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .submitted)
        #expect(gateway.ca.calls == ["enroll", "find", "find"])
        gateway.clock.advance(60)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
    }

    /// The leases of orders in hand look old after a jump; they are in hand all the same.
    @Test(arguments: [false, true]) func aClockThatJumpsDoesNotTakeACallForAbandoned(serves: Bool) async throws {
        let gateway = try await TestGateway()
        let gate = Gate()
        gateway.ca.onEnroll { ca, request in
            await gate.pass()
            ca.take(request)
            return try ca.issue(request)
        }
        let id = try await gateway.plan()
        let engine = gateway.engine()
        let pass = Task { if serves { await engine.serve() } else { try await engine.work(until: nil) } }
        try await gate.arrival()
        gateway.clock.jump(86_400)
        try await Task.sleep(for: .milliseconds(1200))
        #expect(gateway.ca.calls == ["enroll"])
        gate.open()
        if serves {
            while try await gateway.order(id).stage.isOpen { try await Task.sleep(for: .milliseconds(5)) }
            engine.stop()
        }
        try await pass.value
        let order = try await gateway.order(id)
        #expect(order.stage == .active)
        #expect(order.fence == 1)
    }
}
