// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Ledger
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// The gate was open and nothing has left all the same: nobody listens at the CA's address. That is a proof; there is nothing to
/// search for and nothing to wait for.
@Suite(.timeLimit(.minutes(2))) struct UnsentOrderTests {
    private static let searchable: [ConnectorAbility] = [.poll, .findByReference, .cancel]

    private static func unsent(_ kind: ConnectorError.Kind) -> ScriptedConnector.Enrolling {
        { _, _ in throw ConnectorError(kind, "ca.example:443: Connection refused", hasSurelyNotLeft: true) }
    }

    @Test(arguments: [ConnectorError.Kind.transient, .configuration, .outcomeUnknown], [searchable, [.poll]])
    func itIsPlacedAgainWithoutALook(_ kind: ConnectorError.Kind, _ abilities: [ConnectorAbility]) async throws {
        let gateway = try await TestGateway(abilities: abilities)
        gateway.ca.onEnroll(Self.unsent(kind), Self.unsent(kind))
        let id = try await gateway.plan()
        for failures in 1...2 {
            try await gateway.work()
            let order = try await gateway.order(id)
            #expect(order.stage == .keyed && order.failures == failures && order.doubt == nil && !order.isHeld)
            #expect(order.detail?.contains("Connection refused") == true && order.errorKind == kind.rawValue)
            // The next process knows as much.
            try await gateway.restart(boot: "second")
            gateway.clock.advance(300)
        }
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .active && gateway.ca.orders == [order.reference: 1])
        #expect(gateway.ca.calls == ["enroll", "enroll", "enroll"])
    }

    /// Who wants it withdrawn does not wait either: it is at no CA.
    @Test func itEndsWhenSomebodyCancelsIt() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(Self.unsent(.transient))
        let id = try await gateway.plan()
        try await gateway.work()
        try await gateway.ledger.requestCancel(id, by: "test")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .cancelled)
        #expect(gateway.ca.calls == ["enroll"])
    }

    /// The first submission is lost, only the second one has surely not left: the doubt about the first stays.
    @Test func itSaysNothingOfAnEarlierSubmission() async throws {
        let gateway = try await TestGateway(abilities: [.poll])
        gateway.ca.repeatLostOrders(after: .seconds(900))
        gateway.ca.onEnroll(
            { ca, request in
                ca.take(request)
                throw ConnectorError(.outcomeUnknown, "no answer")
            }, Self.unsent(.transient))
        let id = try await gateway.plan()
        try await gateway.work()
        gateway.clock.advance(901)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .keyed)
        try await gateway.ledger.requestCancel(id, by: "test")
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .submitted && order.isHeld, "the first one may be at the CA: \(order)")
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
    }

    /// The CA has refused in its own words, and the gateway is started anew before it could look: one look is enough still.
    @Test(arguments: ["first", "second"]) func aRefusalOutlivesTheProcess(boot: String) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.throttled, "quota", retryAfter: .seconds(5)) }
        gateway.ca.onFind { _, _ in throw ConnectorError(.transient, "503") }
        let id = try await gateway.plan()
        try await gateway.work()
        gateway.clock.advance(60)
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .submitted)
        try await gateway.restart(boot: boot)
        for seconds in [10.0, 60] {
            gateway.clock.advance(seconds)
            try await gateway.work()
        }
        let order = try await gateway.order(id)
        #expect(order.stage == .active && gateway.ca.orders == [order.reference: 1])
        #expect(gateway.ca.calls == ["enroll", "find", "find", "enroll"])
    }

    /// Who stands before the CA sent the order twice and passes on the CA's answer to the second copy; its list shows the first one a
    /// little later. What has the order placed again by itself needs as long.
    @Test(arguments: [ConnectorError.Kind.throttled, .transient, .authentication, .configuration])
    func theWordsMayBeAboutASecondCopy(_ kind: ConnectorError.Kind) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            throw ConnectorError(kind, "quota", retryAfter: .seconds(1))
        }
        let id = try await gateway.plan()
        for _ in 0..<5 {
            try await gateway.work()
            gateway.clock.advance(10)
        }
        #expect(gateway.ca.calls == ["enroll"], "it is looked for when it cannot show yet")
        let waiting = try await gateway.order(id)
        #expect(waiting.errorKind == kind.rawValue && waiting.detail?.contains("quota") == true, "\(waiting)")
        for _ in 0..<3 {
            gateway.clock.advance(60)
            try await gateway.work()
        }
        let order = try await gateway.order(id)
        #expect(
            order.stage == .active && gateway.ca.orders == [order.reference: 1]
                && gateway.ca.calls == ["enroll", "find"])
    }

    /// What proves nothing about one submission proves nothing about the next one.
    @Test func aRefusalIsOfOneSubmission() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll(
            { _, _ in throw ConnectorError(.throttled, "quota", retryAfter: .seconds(5)) },
            { ca, request in
                ca.take(request)
                throw ConnectorError(.outcomeUnknown, "no answer")
            })
        let id = try await gateway.plan()
        try await gateway.work()
        gateway.clock.advance(60)
        gateway.ca.onFind({ _, _ in .absent }, { _, _ in .absent })
        try await gateway.work()
        try await gateway.restart(boot: "second")
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .submitted, "absence was believed at once")
        gateway.clock.advance(60)
        try await gateway.work()
        let order = try await gateway.order(id)
        #expect(order.stage == .active && gateway.ca.orders == [order.reference: 1])
    }
}
