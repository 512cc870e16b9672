// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// A proxy or a cache gives the answer of another order. Nothing that cannot be taken back is done for it.
@Suite(.timeLimit(.minutes(2))) struct MixedUpAnswerTests {
    private static let ours = CAOrder(caRequestID: "1")

    private static func waiting(_ order: CAOrder = ours) -> EnrollmentOutcome {
        .pending(PendingOrder(order: order, waitingFor: .certificateAuthority, retryAfter: .seconds(10)))
    }

    private static func ended(_ kind: OrderRejection.Kind, _ order: CAOrder? = ours) -> EnrollmentOutcome {
        .rejected(OrderRejection(kind: kind, order: order, reason: "it has ended"))
    }

    /// A gateway whose order waits at the CA as number 1.
    private func gateway() async throws -> (TestGateway, Int64) {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return Self.waiting()
        }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).caRequestID == "1")
        gateway.clock.advance(100)
        return (gateway, id)
    }

    /// The answer tells another id: the order stays what and where it is, its cause is shown, and it is asked for again.
    @Test(
        arguments: OrderRejection.Kind.allCases.map { MixedUpAnswerTests.ended($0, CAOrder(caRequestID: "2")) }
            + [MixedUpAnswerTests.waiting(CAOrder(caRequestID: "2"))])
    func anAnswerAboutAnotherOrderChangesNothing(_ answer: EnrollmentOutcome) async throws {
        let (gateway, id) = try await gateway()
        for _ in 0..<2 { gateway.ca.onPoll { _, _ in answer } }
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .pending && order.caRequestID == "1" && order.errorKind == "transient")
        #expect(order.detail?.contains("asked about order 1 and answers about 2") == true, "\(order.detail ?? "")")
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        for _ in 0..<2 {
            gateway.clock.advance(100)
            try await gateway.work()
        }
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.orders == [order.reference: 1])
    }

    /// Not every answer tells which order it is about: an end is asked for twice.
    @Test(arguments: OrderRejection.Kind.allCases, [CAOrder?.none, ours])
    func oneWordOfAnEndIsNotEnough(_ kind: OrderRejection.Kind, _ told: CAOrder?) async throws {
        let (gateway, id) = try await gateway()
        gateway.ca.onPoll({ _, _ in Self.ended(kind, told) }, { _, _ in Self.waiting() })
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .pending)
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        gateway.clock.advance(100)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .active)
        #expect(gateway.ca.calls == ["enroll", "poll", "poll", "poll"])
    }

    @Test(arguments: OrderRejection.Kind.allCases)
    func anEndThatIsToldTwiceIsOne(_ kind: OrderRejection.Kind) async throws {
        let (gateway, id) = try await gateway()
        for _ in 0..<2 { gateway.ca.onPoll { _, _ in Self.ended(kind) } }
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == (kind == .cancelled ? .cancelled : .rejected) && order.detail == "it has ended")
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        #expect(gateway.ca.calls == ["enroll", "poll", "poll"])
    }

    /// A denial that names an order which was finished long ago is that one's, and nobody can search here.
    @Test func theEndOfAFinishedOrderEndsNoOther() async throws {
        let gateway = try await TestGateway(abilities: [.poll])
        let first = try await gateway.plan("ada")
        try await gateway.work()
        let finished = try await gateway.order(first)
        let id = try #require(finished.stage == .active ? finished.caRequestID : nil)
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return Self.ended(.rejected, CAOrder(caRequestID: id))
        }
        let second = try await gateway.plan("bob")
        for _ in 0..<2 {
            try await gateway.work()
            gateway.clock.advance(1000)
        }
        let order = try await gateway.order(second)
        #expect(order.stage == .submitted && order.caRequestID == nil && order.isHeld, "\(order)")
        #expect(order.holdReason?.contains(finished.reference) == true, "\(order.holdReason ?? "")")
        #expect(try await gateway.ledger.key(orderID: second)?.sealed != nil)
        #expect(gateway.ca.orders[order.reference] == 1)
    }

    /// The CA tells of an order that the ledger knows, open, held, issued and not yet delivered or, before a further step, ended:
    /// nothing is written into it.
    @Test(arguments: [
        ("open", true), ("held", true), ("ended", true), ("open", false), ("held", false), ("issued", true),
        ("issued", false),
    ])
    func noStepIsTakenInTheOrderOfAnother(_ state: String, takesSteps: Bool) async throws {
        let gateway = try await TestGateway()
        if takesSteps { gateway.ca.takeFurtherSteps() }
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return Self.waiting()
        }
        // Delivery fails here, so that the order stays where it is.
        let first = state == "issued" ? try await gateway.planWithIntune("ada") : try await gateway.plan("ada")
        try await gateway.work()
        gateway.clock.advance(100)
        if state == "held" { try await gateway.ledger.hold(first, reason: "look", by: "test") }
        if state == "ended" || state == "issued" { try await gateway.work() }
        let known = try await gateway.order(first)
        try #require(known.caRequestID == "1" && known.stage.isOpen == (state != "ended"))
        try #require(state == "issued" ? known.stage == .issued : known.isHeld == (state == "held"), "\(known)")
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return Self.waiting()
        }
        gateway.ca.onFind { _, _ in .undecidable("which is which") }
        let second = try await gateway.plan("bob")
        try await gateway.work()
        #expect(gateway.ca.calls.filter { $0 == "step" }.count == (takesSteps ? 1 : 0))
        let order = try await gateway.order(second)
        #expect(order.stage == .submitted && order.caRequestID == nil, "\(order)")
        #expect(try await gateway.ledger.key(orderID: second)?.sealed != nil)
    }

    /// While the second question fails, the order has not ended.
    @Test func anEndWaitsForTheSecondWord() async throws {
        let (gateway, id) = try await gateway()
        for _ in 0..<2 {
            gateway.ca.onPoll({ _, _ in Self.ended(.rejected) }, { _, _ in throw ConnectorError(.transient, "down") })
        }
        for _ in 0..<2 {
            try await gateway.work()
            #expect(try await gateway.order(id).stage == .pending)
            #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
            gateway.clock.advance(100)
        }
    }

    /// The same where a search finds an order that has ended.
    @Test(arguments: [false, true]) func aSearchThatFindsAnEndLooksTwice(isEnded: Bool) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            throw ConnectorError(.outcomeUnknown, "no answer")
        }
        for _ in 0..<(isEnded ? 2 : 1) { gateway.ca.onFind { _, _ in .found(Self.ended(.rejected)) } }
        let id = try await gateway.plan()
        try await gateway.work()
        #expect(try await gateway.order(id).stage == (isEnded ? .rejected : .active))
        #expect(gateway.ca.calls == ["enroll", "find", "find"])
    }

    /// A word for nothing that a program takes for an id would be the id of every such order.
    @Test(arguments: ["", " ", "0", "000", "null", "undefined", "{}", "a b", "00000000-0000-0000-0000-000000000000"])
    func whatNobodyGivesIsNoId(_ id: String) async throws {
        let gateway = try await TestGateway(abilities: [.poll, .findByReference])
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .pending(PendingOrder(order: CAOrder(caRequestID: id), waitingFor: .approver))
        }
        let order = try await gateway.plan()
        try await gateway.work()
        gateway.clock.advance(1000)
        try await gateway.work()
        #expect(try await gateway.order(order).caRequestID != id)
        #expect(gateway.ca.orders.values.allSatisfy { $0 == 1 } && gateway.ca.calls.contains("find"))
        #expect(try await gateway.order(order).stage == .active)
    }
}
