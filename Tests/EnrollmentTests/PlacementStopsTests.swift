// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import JSONDocuments
import Ledger
import Settings
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// Nobody is promised the next pass where something keeps an order: the sentence says what it waits for, and the next step.
@Suite(.timeLimit(.minutes(5))) struct PlacementStopsTests {
    private let gateway: TestGateway

    init() async throws {
        gateway = try await TestGateway()
        for name in ["ada", "bob", "cy"] { try await gateway.put(name, TestGateway.attributes(name)) }
        _ = try await gateway.planner.plan(TestGateway.template(), product: nil)
    }

    private func configuration(limit: Int = 10, enabled: Bool = true) throws -> GatewayConfiguration {
        try ConfigurationReader.read(
            """
            limits: {ordersPerRun: \(limit)}
            templates:
              - {name: smime, group: \(TestGateway.group), backendCA: main, product: p, key: p256, delivery: none,
                 enabled: \(enabled)}
            """, file: "test")
    }

    private func stops(limit: Int = 10, enabled: Bool = true, everything: String? = nil) async throws -> PlacementStops
    {
        try await .read(
            configuration(limit: limit, enabled: enabled), gateway.planner, everything: everything,
            at: gateway.clock.now())
    }

    private func people(_ stops: PlacementStops) async throws -> [String: String] {
        let register = EnrollmentRegister(database: gateway.database, clock: gateway.clock, stops: stops)
        let people = try await register.people(PersonFilter(template: "smime"))
        return Dictionary(uniqueKeysWithValues: people.map { ($0.subscriberID, $0.reason) })
    }

    @Test func withoutAnyTheNextPassOrders() async throws {
        let stops = try await stops()
        #expect(stops.reason(template: "smime") == nil && stops.reason(backendCA: "main") == nil)
        #expect(try await Set(people(stops).values) == ["the next pass orders"])
    }

    /// What a person's consent ends is no obstacle: certificates can be issued.
    @Test func whatWaitsForConsentIsNoObstacle() async throws {
        let waiting = try await stops(limit: 2)
        #expect(waiting.obstacle(template: "smime") == nil)
        #expect(waiting.consent(template: "smime") == waiting.reason(template: "smime"))
        #expect(waiting.consent(template: "smime") != nil)
        let off = try await stops(limit: 2, enabled: false)
        #expect(off.obstacle(template: "smime")?.contains("is switched off") == true)
        let free = try await stops()
        #expect(free.obstacle(template: "smime") == nil && free.consent(template: "smime") == nil)
    }

    /// What stands against everything stands against what is in the ledger already, too.
    @Test func everythingIsStopped() async throws {
        try await gateway.plan("ada")
        let people = try await people(stops(everything: "an older copy: 'certway restore accept'"))
        #expect(people["bob"] == "an older copy: 'certway restore accept'")
        #expect(people["ada"] == "planned: an older copy: 'certway restore accept'")
    }

    @Test func aTemplateThatIsOffOrdersNothing() async throws {
        #expect(try await people(stops(enabled: false))["bob"]?.contains("is switched off") == true)
    }

    @Test(arguments: [OrderLedger.StopReason.acceptedRoots, .firstCertificate])
    func theBackendCATakesNothing(_ reason: OrderLedger.StopReason) async throws {
        try await gateway.plan("ada")
        try await gateway.ledger.stop(
            reason, of: "main", ["cause": "the roots do not fit: mend them", "fingerprint": "x", "outstanding": 5])
        let people = try await people(stops())
        let expected = reason == .acceptedRoots ? "the roots do not fit: mend them" : "once the first certificate"
        for name in ["ada", "bob"] { #expect(people[name]?.contains(expected) == true, "\(name): \(people)") }
        // Another CA's stop is none of theirs.
        try await gateway.ledger.lift(reason, of: "main")
        try await gateway.ledger.stop(reason, of: "other", ["cause": "x", "fingerprint": "x", "outstanding": 5])
        #expect(try await self.people(stops())["bob"] == "the next pass orders")
    }

    /// An order that has left waits for nothing of ours.
    @Test func whatHasLeftIsNotKept() async throws {
        let id = try await gateway.plan("ada")
        gateway.ca.onEnroll { ca, request in
            ca.take(request)
            return .pending(PendingOrder(order: CAOrder(caRequestID: "7"), waitingFor: .approver))
        }
        try await gateway.work()
        #expect(try await gateway.order(id).stage == .pending)
        let people = try await people(stops(everything: "stopped"))
        #expect(people["ada"]?.contains("stopped") == false && people["bob"] == "stopped")
    }

    @Test func aPlanOverTheLimitWaitsForConsent() async throws {
        #expect(try await stops(limit: 3).plan == nil)
        let over = try #require(try await stops(limit: 2).plan)
        #expect(over.contains("3 new orders, 2 are allowed at once") && over.contains("'certway plan approve'"))
        #expect(try await people(stops(limit: 2))["bob"] == over)
        let now = gateway.clock.now()
        // One to fewer does not place it, one to as many does, for as long as it lasts.
        try await OrderConsent(actor: "eve", grantedAt: now, orders: 2).grant(on: gateway.ledger.database)
        #expect(try await stops(limit: 2).plan?.contains("eve has consented to 2") == true)
        try await OrderConsent(actor: "eve", grantedAt: now, orders: 3).grant(on: gateway.ledger.database)
        #expect(try await stops(limit: 2).plan == nil)
        gateway.clock.advance(OrderConsent.validity)
        #expect(try await stops(limit: 2).plan == over)
    }

    /// A consent to certain orders places these; so many others as need one wait for theirs.
    @Test func aConsentToSomeIsToNobodyElse() async throws {
        let shown = try await gateway.planner.plannedOrders(of: configuration().templates)
        #expect(shown.marks.count == 3)
        try await OrderConsent(actor: "eve", grantedAt: gateway.clock.now(), to: shown).grant(
            on: gateway.ledger.database)
        #expect(try await stops(limit: 1).plan == nil)
        for name in ["dee", "eli"] { try await gateway.put(name, TestGateway.attributes(name)) }
        _ = try await gateway.planner.plan(TestGateway.template(), product: nil)
        #expect(try await stops(limit: 2).plan == nil, "those who joined are within the limit by the next plan")
        #expect(try await stops(limit: 1).plan?.contains("eve has consented to 3 of them") == true)
    }
}
