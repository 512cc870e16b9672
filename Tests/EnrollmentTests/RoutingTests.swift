// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Testing

@testable import Enrollment

/// Several backend CAs at once: each keeps its orders, and none of them slows another.
@Suite struct RoutingTests {
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
        #expect(try await gateway.order(refused).stage == .keyed)
        #expect(try await gateway.order(paused).detail?.contains("backend CA main pauses") == true)
        #expect(gateway.backends.openAlarms == ["main": "the key was revoked"])
    }

    @Test func theBackendCAThatTookAnOrderKeepsIt() async throws {
        let gateway = try await TestGateway()
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .pending(PendingOrder(order: CAOrder(caRequestID: "7"), waitingFor: .approver, retryAfter: .zero))
        }
        gateway.ca.onPoll { ca, request in try ca.issue(request) }
        let before = try await gateway.plan("ada")
        try await gateway.work()
        // The template names another backend CA now; only what is planned from here on goes there.
        let after = try await gateway.plan("bob", backendCA: "other")
        gateway.clock.advance(10)
        try await gateway.work()
        for id in [before, after] { #expect(try await gateway.order(id).stage == .active) }
        #expect(gateway.ca.calls.contains { $0.contains("poll") })
        #expect(!gateway.otherCA.calls.contains { $0.contains("poll") })
        #expect(gateway.otherCA.orders.count == 1)
    }
}
