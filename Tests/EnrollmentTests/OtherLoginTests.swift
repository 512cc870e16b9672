// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Ledger
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// The names with which a backend CA signs in, and the secrets of orders that the CA has: another account does not see the order, or
/// has somebody else's under the same id.
@Suite(.timeLimit(.minutes(5))) struct OtherLoginTests {
    private static let secrets = ["password": "1"]
    private static let first = ["login": "ra-one"]

    /// How a backend CA signs in by the time the order is looked at.
    struct Change: Sendable, CustomTestStringConvertible {
        let secrets: [String: String]
        let names: [String: String]
        var testDescription: String { "\(secrets) \(names)" }
    }

    private static let names = [
        Change(secrets: secrets, names: ["login": "ra-two"]), Change(secrets: secrets, names: [:]),
        Change(secrets: ["password": "2"], names: ["login": "ra-two"]),
        Change(secrets: secrets, names: ["login": "ra-one", "clientID": "ra-one"]),
    ]
    private static let others = names + [Change(secrets: ["password": "2"], names: first)]

    private func held(_ gateway: TestGateway, _ id: Int64, _ stage: OrderStage) async throws -> String {
        let order = try await gateway.order(id)
        #expect(order.stage == stage && order.isHeld && !order.cancelRequested, "\(order)")
        #expect(try await gateway.ledger.key(orderID: id)?.sealed != nil)
        return order.holdReason ?? ""
    }

    @Test(arguments: others) func absenceInAnotherAccountProvesNothing(_ change: Change) async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            throw ConnectorError(.outcomeUnknown, "no answer")
        }
        gateway.ca.onFind({ _, _ in throw ConnectorError(.transient, "503") }, { _, _ in .absent })
        let id = try await gateway.plan()
        try await gateway.work(with: Self.secrets, names: Self.first)
        gateway.clock.advance(1000)
        try await gateway.work(with: change.secrets, names: change.names)
        let reason = try await held(gateway, id, .submitted)
        #expect(reason.contains("proves nothing") && reason.contains(" --absent'"), "\(reason)")
        #expect(reason.contains("another name") == (change.names != Self.first), "\(reason)")
        try await gateway.ledger.retry(id, by: "test")
        try await gateway.work(with: Self.secrets, names: Self.first)
        let order = try await gateway.order(id)
        #expect(order.stage == .active && gateway.ca.orders == [order.reference: 1])
    }

    /// An order that the CA has under id 7, placed with the first login.
    private func pending() async throws -> (TestGateway, Int64) {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .pending(PendingOrder(order: CAOrder(caRequestID: "7"), waitingFor: .approver))
        }
        let id = try await gateway.plan()
        try await gateway.work(with: Self.secrets, names: Self.first)
        #expect(try await gateway.order(id).stage == .pending)
        gateway.clock.advance(100_000)
        return (gateway, id)
    }

    @Test(arguments: names) func nobodyElseIsAskedAboutAnOrder(_ change: Change) async throws {
        let (gateway, id) = try await pending()
        try await gateway.work(with: change.secrets, names: change.names)
        let reason = try await held(gateway, id, .pending)
        #expect(reason.contains("signs in under another name") && reason.contains("certway order retry"), "\(reason)")
        #expect(gateway.ca.calls == ["enroll"], "it was asked about 7, which may be somebody else's")
        // The former login again, or a person's word that it is the same account.
        try await gateway.ledger.retry(id, by: "test")
        try await gateway.work(with: change.secrets, names: change.names)
        #expect(try await gateway.order(id).stage == .active)
    }

    /// A word that was given about one login says nothing about the next one.
    @Test func aPersonsWordIsAboutOneLogin() async throws {
        let (gateway, id) = try await pending()
        try await gateway.work(with: Self.secrets, names: ["login": "ra-two"])
        try await gateway.ledger.retry(id, by: "test")
        try await gateway.work(with: Self.secrets, names: ["login": "ra-three"])
        _ = try await held(gateway, id, .pending)
        #expect(gateway.ca.calls == ["enroll"])
    }

    /// A renewed key is common: the order is asked about, and what comes of it counts, an end excepted.
    @Test(arguments: [true, false]) func aRenewedSecretEndsNothing(isIssued: Bool) async throws {
        let (gateway, id) = try await pending()
        let other = ["password": "2"]
        if !isIssued {
            for _ in 0..<2 {
                gateway.ca.onPoll { _, _ in .rejected(OrderRejection(reason: "there is no order 7")) }
            }
        }
        try await gateway.work(with: other, names: Self.first)
        if isIssued {
            #expect(try await gateway.order(id).stage == .active)
        } else {
            let reason = try await held(gateway, id, .pending)
            #expect(reason.contains("there is no order 7") && reason.contains("have changed since"), "\(reason)")
            // A person lets it go on: then the end counts.
            try await gateway.ledger.retry(id, by: "test")
            for _ in 0..<2 {
                gateway.ca.onPoll { _, _ in .rejected(OrderRejection(reason: "there is no order 7")) }
            }
            try await gateway.work(with: other, names: Self.first)
            #expect(try await gateway.order(id).stage == .rejected)
        }
    }

    @Test(arguments: others) func nothingIsCancelledInAnotherAccount(_ change: Change) async throws {
        let (gateway, id) = try await pending()
        try await gateway.ledger.requestCancel(id, by: "test")
        try await gateway.work(with: change.secrets, names: change.names)
        let reason = try await held(gateway, id, .pending)
        #expect(reason.contains("it is not cancelled"), "\(reason)")
        #expect(gateway.ca.calls == ["enroll"])
        // The former login again.
        try await gateway.ledger.requestCancel(id, by: "test")
        try await gateway.work(with: Self.secrets, names: Self.first)
        #expect(try await gateway.order(id).stage == .cancelled)
        #expect(gateway.ca.calls.contains("cancel"))
    }

    /// A version that did not look at names has left a mark without them.
    @Test func aMarkWithoutNamesIsComparedByItsSecrets() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .pending(PendingOrder(order: CAOrder(caRequestID: "7"), waitingFor: .approver))
        }
        let id = try await gateway.plan()
        try await gateway.work(with: Self.secrets)
        gateway.clock.advance(100_000)
        try await gateway.work(with: Self.secrets, names: Self.first)
        #expect(try await gateway.order(id).stage == .active)
    }

    /// That a second certificate does no harm was said of one connection: a repetition that is decided does not leave for another,
    /// and what is surely at no CA does.
    @Test(arguments: [true, false]) func aRepetitionGoesNowhereElse(isRepeated: Bool) async throws {
        let gateway = try await TestGateway(abilities: isRepeated ? [.poll] : [.poll, .findByReference])
        gateway.ca.repeatLostOrders(after: .seconds(900))
        gateway.ca.onEnroll { ca, request in
            if isRepeated { ca.take(request) }
            throw ConnectorError(.outcomeUnknown, "no answer")
        }
        gateway.ca.beforeGate({ _ in }, { _ in throw ConnectorError(.transient, "no login now") })
        let id = try await gateway.plan()
        try await gateway.work(with: Self.secrets, connection: "scripted one")
        gateway.clock.advance(901)
        try await gateway.work(with: Self.secrets, connection: "scripted one")
        #expect(try await gateway.order(id).stage == .keyed)
        let reached = RootProof.reached(connection: "scripted two", root: gateway.ca.authority.root.sha256Fingerprint)
        try await gateway.ledger.keepProof(.acceptedRoots, of: "main", reached.json)
        for _ in 0..<3 {
            gateway.clock.advance(1000)
            try await gateway.work(with: Self.secrets, connection: "scripted two")
        }
        let order = try await gateway.order(id)
        #expect(gateway.ca.orders == [order.reference: 1])
        if isRepeated {
            #expect(order.stage == .keyed && order.attempt == 1, "\(order)")
            #expect(order.detail?.contains("was placed at scripted one") == true)
        } else {
            #expect(order.stage == .active && order.connection == "scripted two")
        }
    }
}
