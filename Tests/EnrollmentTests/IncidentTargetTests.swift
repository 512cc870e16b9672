// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Testing

@testable import Fulfilment
@testable import Ledger
@testable import Names
@testable import Planning

/// Incidents that have something else ordered than the templates say.
extension IncidentTests {
    /// Another CA and product in the same step; the template stays as it is.
    @Test func aReplacementAtAnotherCA() async throws {
        try await issue(["ada"])
        _ = try await incident { ($0.backendCA, $0.product) = ("other", "q") }
        try await pass()
        let orders = try await orders("ada")
        #expect(orders.map(\.backendCA) == ["main", "other"] && orders.last?.product == "q")
        #expect(orders.map(\.stage) == [.superseded, .active])
        try await pass()
        #expect(try await states() == ["revoked": 1])
        #expect(try await pass().actions.isEmpty, "the template does not take it back at once")
    }

    /// Who looks again before an order leaves knows that it is meant for another CA, and withdraws one for a CA that is not meant any more.
    @Test func looksAgainByWhatTheIncidentOrders() async throws {
        try await issue(["ada"])
        _ = try await incident { $0.backendCA = "other" }
        try await pass(work: false)
        let order = try #require(try await orders("ada").last)
        let eligibility = Eligibility(
            mirror: gateway.mirror, template: { _ in try? TestGateway.template() }, product: { _ in nil },
            incidents: store)
        #expect(try await eligibility.verdict(on: order) == .fits)
        let date = now
        _ = try await store.change("leak", by: "eve", at: date) { incident in
            incident.backendCA = "third"
            return ("changed", "another CA")
        }
        guard case .changed = try await eligibility.verdict(on: order) else {
            Issue.record("it would leave for a CA that is not meant any more")
            return
        }
    }

    private func rename(_ name: String) async throws {
        var attributes = TestGateway.attributes(name).object ?? [:]
        attributes["mail"] = .string("\(name).new@example.test")
        try await gateway.put(name, .object(attributes))
    }

    /// A replacement that was under way at the CA which is left brings nobody to safety: it is replaced as well, and only then all is done.
    @Test func whatComesSinceFromWhatIsLeftIsReplacedAsWell() async throws {
        try await issue(["ada"])
        try await rename("ada")
        gateway.ca.onEnroll { _, _ in
            .pending(PendingOrder(order: CAOrder(caRequestID: "1"), waitingFor: .approver, retryAfter: .seconds(60)))
        }
        try await pass(ordinary: true)
        #expect(try await orders("ada").map(\.stage) == [.active, .pending])
        let incident = try await incident { $0.backendCA = "other" }
        try await pass()
        #expect(try await orders("ada").count == 2, "one order at a time")
        let item = try #require(try await gateway.planner.incidentDesk.look(at: incident).first)
        #expect(item.state == .failed && item.reason?.contains("still at main") == true, "\(item)")
        for _ in 0..<8 {
            gateway.clock.advance(120)
            try await pass()
        }
        let orders = try await orders("ada")
        #expect(orders.map(\.backendCA) == ["main", "main", "other"], "\(orders.map(\.stage))")
        #expect(orders.last?.stage == .active)
        #expect(try await states() == ["revoked": 2])
        let done = try await store.incident(named: "leak")
        #expect(done.state == .done)
        #expect(try await store.events(of: done).contains { $0.kind == "joined" })
    }

    /// What has not left goes where the incident has it ordered, whatever it was planned for; and so does what is bought later for another cause.
    @Test(arguments: [0, 1]) func whatIsBoughtMeanwhileIsBoughtWhereTheIncidentSays(pace: Int) async throws {
        try await issue(["ada", "bob"])
        for name in ["ada", "bob"] { try await rename(name) }
        try await pass(work: false, ordinary: true)
        // With a pace, the turn of one of them has not come.
        _ = try await incident { ($0.backendCA, $0.pace) = ("other", pace == 0 ? nil : pace) }
        let eligibility = Eligibility(
            mirror: gateway.mirror, template: { _ in try? TestGateway.template() }, product: { _ in nil },
            incidents: store)
        for name in ["ada", "bob"] {
            let order = try #require(try await orders(name).last)
            #expect(order.stage == .planned && order.backendCA == "main")
            guard case .changed = try await eligibility.verdict(on: order) else {
                Issue.record("\(name)'s would leave for the CA that is left")
                continue
            }
            try await gateway.end(order.id, OrderEnding.withdrawnEvent, "it is meant for another CA", .cancelled)
        }
        try await pass(ordinary: true)
        for name in ["ada", "bob"] {
            let orders = try await orders(name)
            #expect(orders.map(\.backendCA) == ["main", "main", "other"], "\(name)")
            #expect(orders.last?.stage == .active)
        }
    }

    /// The CA to which one incident went has to be left as well, before the first is through: the newest says where, and none waits for the
    /// other for good.
    @Test func oneIncidentAfterTheOther() async throws {
        let next = "main"
        try await issue(["ada"])
        _ = try await incident({ $0.backendCA = "other" }, name: "first")
        try await pass()
        #expect(try await orders("ada").map(\.backendCA) == ["main", "other"])
        #expect(try await states("first") == ["delivered": 1])
        _ = try await incident({ $0.backendCA = next }, name: "second")
        try await pass(work: false)
        let eligibility = Eligibility(
            mirror: gateway.mirror, template: { _ in try? TestGateway.template() }, product: { _ in nil },
            incidents: store)
        let order = try #require(try await orders("ada").last)
        #expect(order.backendCA == next)
        #expect(try await eligibility.verdict(on: order) == .fits)
        for _ in 0..<8 {
            try await pass()
            gateway.clock.advance(4000)
        }
        let orders = try await orders("ada")
        #expect(orders.map(\.backendCA) == ["main", "other", next] && orders.last?.stage == .active)
        for name in ["first", "second"] { #expect(try await states(name) == ["revoked": 1], "\(name)") }
    }
}
