// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Settings
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// Who is left out of a template, or included in it, beside its group; and orders for people who are named.
@Suite(.timeLimit(.minutes(5))) struct ExceptionTests {
    private static let elsewhere = "cccccccc-0000-0000-0000-00000000000c"
    private let gateway: TestGateway

    init() async throws { gateway = try await TestGateway() }

    private func template(_ members: String = "") throws -> TemplateConfiguration {
        try TestGateway.template(", price: 10 EUR, prices: [{validityDays: 90, price: 4 EUR}]" + members)
    }

    @discardableResult
    private func pass() async throws -> PlanSummary {
        let template = try template()
        let summary = try await gateway.planner.plan(template, product: nil)
        _ = try await gateway.planner.end(template)
        _ = try await gateway.planner.order(template, limit: 1000)
        try await gateway.work()
        return summary
    }

    private func except(
        _ name: String, _ kind: EnrollmentException.Kind, days: Double? = 30, _ choice: OrderChoice = OrderChoice()
    ) async throws {
        let now = gateway.clock.now()
        try await gateway.planner.exceptions.put([
            EnrollmentException(
                template: "smime", subscriberID: name, userPrincipalName: "\(name)@example.test", kind: kind,
                until: days.map { now + $0 * 86_400 }, cause: "on leave", actor: "eve", createdAt: now, choice: choice)
        ])
    }

    /// Ann was renamed, and Bob has her former name.
    @Test func anExceptionIsOfThePersonWhateverTheNameIs() async throws {
        try await gateway.put("ann", TestGateway.attributes("ann"))
        try await except("ann", .leaveOut)
        var (ann, bob) = (TestGateway.attributes("ann"), TestGateway.attributes("bob"))
        ann["userPrincipalName"] = "ann.new@example.test"
        bob["userPrincipalName"] = "ann@example.test"
        try await gateway.put("ann", ann)
        try await gateway.put("bob", bob)
        let all = try await gateway.planner.exceptions.all()
        #expect(all.map(\.userPrincipalName) == ["ann.new@example.test"])
        #expect(try await gateway.planner.exceptions.of("ann").map(\.userPrincipalName) == ["ann.new@example.test"])
        #expect(all.meant(by: "ann@example.test", person: "bob") == nil)
        #expect(all.meant(by: "ann.new@example.test", person: "ann")?.subscriberID == "ann")
        // Whom the directory does not know is meant by the name of then.
        try await except("gone", .leaveOut)
        let known = try await gateway.planner.exceptions.all()
        #expect(known.meant(by: "gone@example.test", person: nil)?.subscriberID == "gone")
    }

    private func orders(_ name: String) async throws -> [Order] {
        try await gateway.ledger.orders(OrderFilter(limit: 100)).filter { $0.subscriberID == name }
    }

    private func decision(_ name: String) async throws -> EnrollmentDecision {
        try #require(try await gateway.planner.decisions.decisions(subscriberID: name).first)
    }

    private func propose(
        _ names: String..., choice: OrderChoice = OrderChoice(), outside: Bool = false
    ) async throws -> [EnrollmentProposal] {
        try await gateway.planner.propose(
            names.map { ($0, $0) }, template(), choice, outside: outside, until: nil, by: "eve", because: "asked")
    }

    private var eligibility: Eligibility {
        Eligibility(
            mirror: gateway.mirror, template: { _ in try? template() }, product: { _ in nil },
            exceptions: gateway.planner.exceptions)
    }

    @Test func whoIsLeftOutWaitsForTheDay() async throws {
        try await gateway.put("ada", TestGateway.attributes("ada"))
        try await except("ada", .leaveOut)
        let summary = try await pass()
        #expect(summary.toOrder == 0)
        #expect(
            summary.skippedByReason.keys.contains { $0.contains("left out until") && $0.hasSuffix("by eve: on leave") })
        gateway.clock.advance(31 * 86_400)
        try await pass()
        #expect(try await orders("ada").map(\.stage) == [.active])
    }

    /// Nothing is revoked by it, and nothing renewed; whoever leaves meanwhile has left.
    @Test func aCertificateInUseStays() async throws {
        try await gateway.put("ada", TestGateway.attributes("ada"))
        try await pass()
        let end = try #require(
            try await gateway.ledger.standings(template: "smime", subscriberIDs: ["ada"])["ada"]?.notAfter)
        try await except("ada", .leaveOut, days: nil)
        let days = end.timeIntervalSince(gateway.clock.now()) / 86_400
        gateway.clock.advance((days - 2) * 86_400)
        #expect(try await pass().actions.isEmpty)
        let found = try await decision("ada")
        #expect(found.concern == .notEntitled && found.action == nil && found.reason.hasPrefix("left out by eve"))
        #expect(try await orders("ada").map(\.stage) == [.active])
        _ = try await gateway.planner.exceptions.end(template: "smime", subscriberID: "ada", by: "eve")
        #expect(try await pass().actions == [.renew: 1])
    }

    @Test func anOrderThatHasNotLeftIsTakenBack() async throws {
        try await gateway.put("ada", TestGateway.attributes("ada"))
        let template = try template()
        _ = try await gateway.planner.plan(template, product: nil)
        _ = try await gateway.planner.order(template, limit: 1)
        let order = try #require(try await orders("ada").first)
        #expect(try await eligibility.verdict(on: order) == .fits)
        try await except("ada", .leaveOut)
        guard case .withdraw(let reason) = try await eligibility.verdict(on: order) else {
            Issue.record("it leaves")
            return
        }
        #expect(reason.hasPrefix("left out until"))
    }

    /// Looked after as long as the exception holds: departure is from the tenant.
    @Test func whoIsIncludedIsLookedAfterBesideTheGroup() async throws {
        try await gateway.put("zoe", TestGateway.attributes("zoe"), group: Self.elsewhere)
        #expect(try await pass().toOrder == 0)
        try await except("zoe", .include, days: nil)
        #expect(try await pass().actions == [.order: 1])
        let order = try #require(try await orders("zoe").first)
        #expect(order.stage == .active)
        #expect(try await eligibility.recipient(of: order) == .person(userPrincipalName: "zoe@example.test"))
        try await pass()
        #expect(try await decision("zoe").verdict == .covered)
        // Another name is replaced as a member's is.
        var attributes = TestGateway.attributes("zoe")
        attributes["displayName"] = "Zoe Other"
        try await gateway.put("zoe", attributes, group: Self.elsewhere)
        #expect(try await pass().actions == [.replace: 1])
        _ = try await gateway.planner.exceptions.end(template: "smime", subscriberID: "zoe", by: "eve")
        try await pass()
        #expect(try await decision("zoe").concern == .departed)
        gateway.clock.advance(8 * 86_400)
        #expect(try await pass().actions == [.revoke: 1])
    }

    @Test func whoLeavesTheTenantHasLeft() async throws {
        try await gateway.put("zoe", TestGateway.attributes("zoe"), group: Self.elsewhere)
        try await except("zoe", .include, days: nil)
        try await pass()
        try await gateway.put(
            "zoe", TestGateway.attributes("zoe"), isPresent: false, isDeleted: true, group: Self.elsewhere)
        try await pass()
        gateway.clock.advance(8 * 86_400)
        #expect(try await pass().actions == [.revoke: 1])
    }

    /// What was chosen stays: the next pass neither takes the order back nor replaces it by the template's.
    @Test func whatWasChosenHolds() async throws {
        try await gateway.put("ada", TestGateway.attributes("ada"))
        let proposals = try await propose("ada", choice: OrderChoice(validityDays: 90))
        #expect(proposals.map(\.price) == [Money("4 EUR")])
        let made = try await gateway.planner.enroll(proposals)
        #expect(made.count == 1 && made[0].request["validityDays"] == 90 && made[0].price == Money("4 EUR"))
        #expect(try await eligibility.verdict(on: made[0]) == .fits)
        #expect(try await pass().toOrder == 0)
        #expect(try await pass().actions.isEmpty)
        #expect(try await orders("ada").map(\.id) == [made[0].id])
        #expect(try await orders("ada").allSatisfy { $0.stage != .cancelled })
    }

    @Test func everyRefusalSaysWhy() async throws {
        for name in ["ada", "bob"] { try await gateway.put(name, TestGateway.attributes(name)) }
        try await gateway.put("cy", TestGateway.attributes("cy", enabled: false))
        try await gateway.put("zoe", TestGateway.attributes("zoe"), group: Self.elsewhere)
        try await pass()
        try await except("bob", .leaveOut)
        let refusals = try await propose("ada", "bob", "cy", "zoe", "nobody", outside: false).map {
            $0.refusal ?? "none"
        }
        let expected = [
            "has a certificate of order cw-", "left out until", "account is disabled", "--outside-group",
            "--outside-group",
        ]
        for (refusal, text) in zip(refusals, expected) { #expect(refusal.contains(text), "\(refusal)") }
        let outside = try await propose("zoe", "nobody", outside: true)
        #expect(outside[1].refusal == "is not known to the tenant")
        #expect(outside[0].refusal == nil && outside[0].isOutside)
    }

    /// Two who enroll the same person at once buy once.
    @Test func nobodyIsEnrolledTwice() async throws {
        for name in ["ada", "bob"] { try await gateway.put(name, TestGateway.attributes(name)) }
        let (one, other) = (try await propose("ada", "bob"), try await propose("ada", "bob"))
        #expect(try await gateway.planner.enroll(one).count == 2)
        #expect(try await gateway.planner.enroll(other).isEmpty)
        #expect(try await pass().toOrder == 0)
        #expect(try await orders("ada").count == 1)
    }
}
