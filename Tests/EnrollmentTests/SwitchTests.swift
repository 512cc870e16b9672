// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Testing

@testable import Fulfilment
@testable import Ledger
@testable import Planning
@testable import Settings

/// A template goes from one CA to another while people have certificates and orders.
@Suite(.timeLimit(.minutes(5))) struct SwitchTests {
    private let gateway: TestGateway
    private static let year = ", validityDays: 365"

    init() async throws { gateway = try await TestGateway() }

    /// The template after the switch.
    private func switched(
        _ pace: CASwitch.Pace, overlapDays: Int? = nil, members: String = year
    ) throws -> TemplateConfiguration {
        var template = try TestGateway.template(members, backendCA: "other")
        template.caSwitch = CASwitch(
            template: "smime", former: ["backendCA": "main", "product": "p"],
            next: ["backendCA": "other", "product": "p"], pace: pace, overlapDays: overlapDays, actor: "eve",
            askedAt: gateway.clock.now(), begunAt: gateway.clock.now())
        template.fingerprint += template.caSwitch?.json.text ?? ""
        return template
    }

    @discardableResult
    private func pass(_ template: TemplateConfiguration) async throws -> PlanSummary {
        let summary = try await gateway.planner.plan(template, product: nil)
        _ = try await gateway.planner.end(template)
        _ = try await gateway.planner.order(template, limit: 1000)
        try await gateway.work()
        return summary
    }

    private static func person(_ name: String, surname: String = "Doe") -> JSONValue {
        var attributes = TestGateway.attributes(name)
        attributes["surname"] = .string(surname)
        return attributes
    }

    private func issue(_ names: String...) async throws {
        for name in names { try await gateway.put(name, Self.person(name)) }
        try await pass(try TestGateway.template(Self.year))
        for name in names { #expect(try await orders(name) == ["main active"]) }
    }

    /// Oldest first.
    private func orders(_ name: String) async throws -> [String] {
        try await gateway.ledger.orders(OrderFilter(limit: 100)).filter { $0.subscriberID == name }.reversed()
            .map { "\($0.backendCA) \($0.stage.rawValue)" }
    }

    private func revocations(_ name: String) async throws -> Int {
        var count = 0
        for order in try await gateway.ledger.orders(OrderFilter(limit: 100)) where order.subscriberID == name {
            guard let id = order.certificateID else { continue }
            count += try await gateway.ledger.standingActions(certificateIDs: [id])[id]?.count ?? 0
        }
        return count
    }

    private func advance(days: Double) { gateway.clock.advance(days * 86_400) }

    @Test func withRenewalNobodyIsReplacedBeforeTheTime() async throws {
        try await issue("ada")
        let template = try switched(.renewal)
        #expect(try await pass(template).actions.isEmpty)
        advance(days: 340)
        #expect(try await pass(template).actions == [.renew: 1])
        #expect(try await orders("ada") == ["main superseded", "other active"])
        #expect(try await pass(template).actions.isEmpty)
    }

    @Test func nowReplacesEverybodyOnce() async throws {
        try await issue("ada", "bob")
        let template = try switched(.now)
        #expect(try await pass(template).actions == [.replace: 2])
        for _ in 0..<3 { #expect(try await pass(template).actions.isEmpty) }
        for name in ["ada", "bob"] {
            #expect(try await orders(name) == ["main superseded", "other active"])
            #expect(try await revocations(name) == 0, "the template keeps what was renewed")
        }
    }

    /// Whoever waits for a certificate of the new CA has one of the former until then, and shows as both.
    @Test func whoIsBeingReplacedIsSeenUntilTheNewOneIsInUse() async throws {
        try await issue("ada", "bob", "cyd")
        let template = try switched(.now)
        let register = EnrollmentRegister(database: gateway.database, clock: gateway.clock)
        func people(_ filter: PersonFilter) async throws -> [String] {
            try await register.people(filter).map(\.subscriberID)
        }
        _ = try await gateway.planner.plan(template, product: nil)
        _ = try await gateway.planner.order(template, limit: 2)
        let held = try #require(try await gateway.ledger.orders(OrderFilter(limit: 1)).first)
        try await gateway.ledger.hold(held.id, reason: "look at the name", by: "eve")
        // Before and after another plan.
        for _ in 0..<2 {
            let count = try #require(try await register.counts()["smime"])
            #expect(count[.inUse] == 3 && count[.underWay] == 0 && count[.held] == 0)
            #expect(count.replacements == [.underWay: 1, .held: 1] && count.concerns == [.otherCA: 3])
            #expect(try await people(PersonFilter(replacement: .held)) == [held.subscriberID])
            #expect(try await people(PersonFilter(replacement: .underWay)).count == 1)
            #expect(try await people(PersonFilter(concern: .otherCA)) == ["ada", "bob", "cyd"])
            let reason = try #require(try await register.people(PersonFilter(replacement: .held)).first).reason
            #expect(
                reason.hasSuffix("order \(held.reference) is to take its place; planned: look at the name"), "\(reason)"
            )
            _ = try await gateway.planner.plan(template, product: nil)
        }
        try await gateway.ledger.releaseHold(held.id, by: "eve")
        try await gateway.work()
        // At once, without another plan.
        #expect(try await people(PersonFilter(concern: .otherCA)) == ["cyd"])
        let done = try #require(try await register.people(PersonFilter(subscriberID: held.subscriberID)).first)
        #expect(done.replacement == nil && done.reason == "a certificate is in use", "\(done.reason)")
        try await pass(template)
        #expect(try await people(PersonFilter(concern: .otherCA)).isEmpty)
        #expect(try await register.counts()["smime"]?.replacements == [:])
    }

    /// An incident, or a CA that stands in, orders at the former CA on purpose: the switch that stands does not buy once more.
    @Test func whatIsOrderedAtTheFormerCASinceStays() async throws {
        try await issue("ada")
        let template = try switched(.now)
        try await pass(template)
        #expect(try await orders("ada") == ["main superseded", "other active"])
        gateway.clock.advance(60)
        try await pass(try TestGateway.template(Self.year))
        let used = try #require(try await gateway.ledger.orders(OrderFilter(limit: 1)).first)
        var order = EnrollmentPlanner.order(
            EnrollmentDecision(
                template: "smime", subscriberID: "ada", userPrincipalName: used.userPrincipalName, verdict: .covered,
                reason: "", names: RequestedNames(json: used.names), newestOrder: used.id),
            try TestGateway.template(Self.year))
        order.replaces = used.id
        _ = try await gateway.ledger.plan(order)
        try await gateway.work()
        let after = ["main superseded", "other superseded", "main active"]
        #expect(try await orders("ada") == after)
        for _ in 0..<2 { #expect(try await pass(template).actions.isEmpty) }
        #expect(try await orders("ada") == after)
    }

    /// The former CA stands in for the one that was switched to: who has a certificate of it gets no other one of it.
    @Test func whileTheFormerCAStandsInNobodyIsReplaced() async throws {
        try await issue("ada", "bob")
        var template = try switched(.now, members: Self.year + ", failover: {backendCA: main, product: p}")
        template.failOver(from: "other")
        try #require(template.isFailedOver && template.backendCA == "main")
        #expect(try await pass(template).actions.isEmpty)
        for name in ["ada", "bob"] { #expect(try await orders(name) == ["main active"]) }
    }

    @Test func theFormerOneIsRevokedAfterTheOverlapAndNotBefore() async throws {
        try await issue("ada")
        let template = try switched(.now, overlapDays: 14)
        try await pass(template)
        #expect(try await orders("ada") == ["main superseded", "other active"])
        advance(days: 13.9)
        #expect(try await pass(template).actions.isEmpty)
        advance(days: 0.2)
        #expect(try await pass(template).actions == [.revokeOlder: 1])
        #expect(try await revocations("ada") == 1)
    }

    @Test func whereTheTemplateRevokesTheOverlapWaitsAllTheSame() async throws {
        try await issue("ada")
        let members = Self.year + ", renewal: {superseded: revoke}"
        try await pass(try switched(.now, overlapDays: 5, members: members))
        #expect(try await pass(try switched(.now, overlapDays: 5, members: members)).actions.isEmpty)
        #expect(try await pass(try switched(.now, members: members)).actions == [.revokeReplaced: 1])
    }

    /// Somebody had an order at the former CA taken back long ago: that says nothing about the new one.
    @Test func whatWasCancelledBeforeTheSwitchIsNoAttemptAtIt() async throws {
        try await issue("ada")
        advance(days: 340)
        let former = try TestGateway.template(Self.year)
        _ = try await gateway.planner.plan(former, product: nil)
        #expect(try await gateway.planner.order(former, limit: 1) == 1)
        let renewal = try #require(try await gateway.ledger.orders(OrderFilter(limit: 1)).first)
        _ = try await gateway.ledger.requestCancel(renewal.id, by: "eve")
        try await gateway.work()
        #expect(try await orders("ada") == ["main active", "main cancelled"])
        advance(days: 1)
        #expect(try await gateway.planner.plan(try switched(.renewal), product: nil).toOrder == 0, "a person's word")
        #expect(try await gateway.planner.plan(try switched(.now), product: nil).toOrder == 1)
    }

    /// The way back in the middle: who has gone over keeps the certificate, who has not left stays, and nobody gets a third one.
    @Test func backInTheMiddleBuysNothing() async throws {
        try await issue("ada", "bob")
        let there = try switched(.now)
        _ = try await gateway.planner.plan(there, product: nil)
        #expect(try await gateway.planner.order(there, limit: 1) == 1)
        try await gateway.work()
        #expect(try await gateway.planner.order(there, limit: 1) == 1, "planned, and not gone")
        var back = try TestGateway.template(Self.year)
        back.caSwitch = CASwitch(
            template: "smime", former: ["backendCA": "other", "product": "p"],
            next: ["backendCA": "main", "product": "p"], pace: .renewal, actor: "eve", askedAt: gateway.clock.now(),
            begunAt: gateway.clock.now())
        let eligibility = Eligibility(mirror: gateway.mirror, template: { [back] _ in back }, product: { _ in nil })
        try await gateway.engine { $0.lookAgain = { try await eligibility.verdict(on: $0) } }.work(until: nil)
        #expect(try await pass(back).toOrder == 0)
        let all = [try await orders("ada"), try await orders("bob")]
        #expect(all.contains(["main superseded", "other active"]), "\(all)")
        #expect(all.contains(["main active", "other cancelled"]), "\(all)")
    }

    @Test func theForecastCountsEverybodyOnce() async throws {
        try await issue("ada", "bob", "cleo")
        try await gateway.put("dora", Self.person("dora"))
        let former = try TestGateway.template(Self.year)
        _ = try await gateway.planner.plan(former, product: nil)
        #expect(try await gateway.planner.order(former, limit: 1) == 1)
        try await gateway.put("bob", Self.person("bob", surname: ""))
        var next = try TestGateway.template(Self.year, backendCA: "other")
        next.product = "q"
        let product = try ConnectorProfile.read(
            """
            connector: scripted
            title: Scripted
            module: scripted
            products: [{id: q, title: Q, names: {required: [emails, surname], allowed: [emails, surname]}}]
            """, file: "scripted.yaml"
        ).product("q")
        let forecast = try await gateway.planner.forecast(
            from: .init(former, product: nil, rules: nil), to: .init(next, product: product, rules: nil), naming: 10)
        #expect(forecast.members == 4)
        #expect(forecast.inUse == 3 && forecast.there == 0)
        #expect(forecast.refused.first.map(\.userPrincipalName) == ["bob@example.test"], "\(forecast.refused)")
        #expect(forecast.refused.first.first?.sentence.contains("ends on") == true)
        #expect(forecast.replaceable == 2)
        #expect(forecast.unsent.count == 1 && forecast.underWay.count == 0)
        #expect(forecast.renewals.values.reduce(0, +) == 2)
        #expect(forecast.namesLost["commonName"] == 2)
        #expect(forecast.domains == ["example.test": 3])
    }
}
