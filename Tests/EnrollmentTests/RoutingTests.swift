// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import PKIX
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// Several backend CAs at once: each keeps its orders, and none of them slows another.
@Suite(.timeLimit(.minutes(5))) struct RoutingTests {
    @Test func aBackendCAThatDoesNotAnswerFillsOnlyItsOwnPlaces() async throws {
        let gateway = try await TestGateway()
        let gate = Gate()
        for number in 0..<6 {
            gateway.ca.onEnroll { ca, request in
                await gate.pass()
                ca.take(request)
                return try ca.issue(request)
            }
            try await gateway.plan("slow\(number)")
        }
        // Planned last, so that they are due after all the others.
        var quick: [Int64] = []
        for number in 0..<6 { quick.append(try await gateway.plan("quick\(number)", backendCA: "other")) }
        let pass = Task { try await gateway.engine(concurrency: 2).work(until: nil) }
        try await gate.arrival(of: 2)
        while try await gateway.ledger.orders().count(where: { $0.stage == .active }) < 6 {
            try await Task.sleep(for: .milliseconds(2))
        }
        for id in quick { #expect(try await gateway.order(id).stage == .active) }
        #expect(gateway.ca.orders.isEmpty)
        gate.open()
        try await pass.value
        #expect(try await gateway.ledger.orders().allSatisfy { $0.stage == .active })
        #expect(gateway.ca.orders.count == 6)
        #expect(gateway.otherCA.orders.count == 6)
    }

    @Test func badCredentialsOfOneBackendCAPauseNoOther() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { _, _ in throw ConnectorError(.authentication, "the key was revoked") }
        let refused = try await gateway.plan("ada")
        let paused = try await gateway.plan("eve")
        let sound = try await gateway.plan("bob", backendCA: "other")
        try await gateway.engine(concurrency: 1).work(until: nil)
        #expect(try await gateway.order(sound).stage == .active)
        #expect(try await gateway.order(refused).stage == .submitted)
        #expect(try await gateway.order(paused).stage == .planned)
        #expect(gateway.backends.openAlarms == ["main": "the key was revoked"])
    }

    /// Whatever is wrong with one CA, the orders of another wait for nothing: not for a place, not for the clock.
    @Test(arguments: [
        ConnectorError(.throttled, "429 Too Many Requests", retryAfter: .seconds(300)),
        ConnectorError(.transient, "connection refused"), ConnectorError(.outcomeUnknown, "no answer within 60 s"),
        ConnectorError(.authentication, "the key was revoked"), ConnectorError(.configuration, "no such product"),
    ])
    func aBackendCAThatFailsDelaysNoOther(error: ConnectorError) async throws {
        let gateway = try await TestGateway()
        let begin = gateway.clock.now()
        for number in 0..<6 {
            gateway.ca.onEnroll { _, _ in throw error }
            gateway.ca.onFind { _, _ in throw error }
            try await gateway.plan("failing\(number)")
        }
        for number in 0..<6 { try await gateway.plan("sound\(number)", backendCA: "other") }
        try await gateway.engine(concurrency: 1).work(until: nil)
        let orders = try await gateway.ledger.orders()
        #expect(orders.filter { $0.backendCA == "other" }.allSatisfy { $0.stage == .active })
        let waiting: Set<OrderStage> = [.planned, .keyed, .submitted]
        #expect(orders.filter { $0.backendCA == "main" }.allSatisfy { waiting.contains($0.stage) })
        #expect(gateway.otherCA.orders.count == 6)
        #expect(gateway.clock.now() == begin)
    }

    /// The time that a CA named is kept by all its orders: the others are not even taken up, and then they go on.
    @Test func theTimeThatACANamesIsKeptByAllItsOrders() async throws {
        let gateway = try await TestGateway()
        let begin = gateway.clock.now()
        gateway.ca.onEnroll { _, _ in
            throw ConnectorError(.throttled, "429 Too Many Requests", retryAfter: .seconds(300))
        }
        for number in 0..<6 { try await gateway.plan("throttled\(number)") }
        try await gateway.engine(concurrency: 1).work(until: nil)
        let orders = try await gateway.ledger.orders()
        #expect(orders.filter { $0.stage == .submitted }.map(\.nextActionAt) == [begin + 300])
        gateway.clock.advance(299)
        try await gateway.work()
        #expect(gateway.ca.calls == ["enroll"])
        for _ in 0..<6 {
            gateway.clock.advance(300)
            try await gateway.work()
        }
        #expect(try await gateway.ledger.orders().allSatisfy { $0.stage == .active })
    }

    /// A connector that was told to stop for some seconds waits inside its calls; these are its own places.
    @Test func aThrottledBackendCAWaitsAlone() async throws {
        let gateway = try await TestGateway()
        let limiter = SlidingWindowRateLimiter(limits: [], clock: gateway.clock)
        await limiter.pause(for: .seconds(12))
        for number in 0..<6 {
            gateway.ca.onEnroll { ca, request in
                try await limiter.acquire()
                ca.take(request)
                return try ca.issue(request)
            }
            try await gateway.plan("throttled\(number)")
        }
        for number in 0..<6 { try await gateway.plan("quick\(number)", backendCA: "other") }
        let begin = gateway.clock.now()
        let pass = Task { try await gateway.engine(concurrency: 2).work(until: nil) }
        while try await gateway.ledger.orders().count(where: { $0.stage == .active }) < 6 {
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(gateway.otherCA.orders.count == 6)
        #expect(gateway.ca.orders.isEmpty)
        #expect(gateway.clock.now() == begin)
        gateway.clock.advance(13)
        try await pass.value
        #expect(gateway.ca.orders.count == 6)
    }

    /// A connector that was told to stop for minutes gives its orders back: nothing has left, so nothing is in doubt.
    @Test func ordersOfABackendCAThatIsToldToWaitGiveTheirPlacesBack() async throws {
        let gateway = try await TestGateway()
        let limiter = SlidingWindowRateLimiter(limits: [], clock: gateway.clock)
        await limiter.pause(for: .seconds(300))
        for number in 0..<6 {
            gateway.ca.beforeGate { _ in try await limiter.acquire() }
            try await gateway.plan("throttled\(number)")
        }
        try await gateway.engine(concurrency: 2).work(until: nil)
        let orders = try await gateway.ledger.orders()
        #expect(orders.count == 6 && orders.allSatisfy { [.planned, .keyed].contains($0.stage) })
        #expect(gateway.ca.orders.isEmpty)
        for _ in 0..<6 {
            gateway.clock.advance(400)
            try await gateway.work()
        }
        #expect(gateway.ca.orders.count == 6)
        #expect(try await gateway.ledger.orders().allSatisfy { $0.stage == .active })
    }

    @Test func theBackendCAThatTookAnOrderKeepsIt() async throws {
        let gateway = try await TestGateway(abilities: [.poll, .cancel, .revoke])
        func order(_ names: String..., from backendCA: String) async throws {
            for name in names { try await gateway.put(name, TestGateway.attributes(name)) }
            let template = try TestGateway.template(", keyRecoveryAgents: [agent]", backendCA: backendCA)
            let toOrder = try await gateway.planner.plan(template, product: nil).toOrder
            #expect(toOrder == names.count, "who has an order gets no second one")
            #expect(try await gateway.planner.order(template, limit: toOrder) == names.count)
            try await gateway.work()
        }
        func orders(of backendCA: String) async throws -> [String: OrderStage] {
            let orders = try await gateway.ledger.orders(OrderFilter(backendCA: backendCA))
            return Dictionary(uniqueKeysWithValues: orders.map { ($0.subscriberID, $0.stage) })
        }
        let waiting: ScriptedConnector.Enrolling = { ca, request in
            ca.take(request)
            let order = CAOrder(caRequestID: "main-\(request.reference)")
            return .pending(PendingOrder(order: order, waitingFor: .approver, retryAfter: .seconds(60)))
        }
        gateway.ca.onEnroll(waiting, waiting, waiting)
        try await order("ada", "bob", "eve", from: "main")
        #expect(try await orders(of: "main") == ["ada": .pending, "bob": .pending, "eve": .pending])

        // From here on the template names another backend CA.
        try await order("max", "zoe", from: "other")
        #expect(try await orders(of: "other") == ["max": .active, "zoe": .active])
        #expect(gateway.otherCA.calls == ["enroll", "enroll"])

        let withdrawn = try await gateway.ledger.orders(OrderFilter(text: "eve@example.test"))[0]
        try await gateway.ledger.requestCancel(withdrawn.id, by: "test")
        gateway.clock.advance(60)
        try await gateway.work()
        #expect(try await orders(of: "main") == ["ada": .active, "bob": .active, "eve": .cancelled])
        #expect(
            gateway.ca.calls.sorted() == ["cancel"] + Array(repeating: "enroll", count: 3)
                + Array(repeating: "poll", count: 4))

        // Whoever revokes finds the CA in the certificate's record, not in the template.
        let records = try await gateway.ledger.certificates(CertificateFilter())
        #expect(records.count == 4)
        for record in records {
            guard case .ready(let backend)? = gateway.backends[record.backendCA],
                let revoker = backend.ability((any CertificateRevoking).self, .revoke)
            else {
                Issue.record("nobody can revoke the certificate of \(record.userPrincipalName)")
                continue
            }
            let issuing = try #require(try await gateway.order(record.orderID).caOrder)
            _ = try await revoker.revoke(
                RevocationRequest(
                    certificate: Certificate(der: record.der), order: issuing, reason: .superseded, comment: ""))
        }
        let serials = { (names: Set<String>) in
            Set(records.filter { names.contains($0.subscriberID) }.map { "revoke \($0.serialNumber)" })
        }
        #expect(Set(gateway.ca.calls.filter { $0.hasPrefix("revoke") }) == serials(["ada", "bob"]))
        #expect(Set(gateway.otherCA.calls.filter { $0.hasPrefix("revoke") }) == serials(["max", "zoe"]))
    }

    /// An order that is in hand already when its CA is found to pause does not call it either.
    @Test func whatIsInHandDoesNotCallACAThatPauses() async throws {
        let gateway = try await TestGateway()
        let order = try await gateway.order(gateway.plan())
        let context = try await gateway.engine().context()
        let end = gateway.clock.now() + 60
        gateway.backends.note(
            ConnectorError(.authentication, "401"), on: "main", pausedUntil: end, needsPerson: true)
        #expect(throws: BackendPause.self) { try context.callableBackend(for: order) }
        gateway.clock.advance(60)
        #expect(try context.callableBackend(for: order).name == "main")
    }
}
