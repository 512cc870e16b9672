// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// What the directory says twice is doubtful, and what is doubtful is not gone.
@Suite(.timeLimit(.minutes(5))) struct DoubtTests {
    private let gateway: TestGateway

    init() async throws { gateway = try await TestGateway(abilities: [.poll, .findByReference, .cancel, .revoke]) }

    private func put(_ name: String, extra: [String] = []) async throws {
        let all = ["SMTP:\(name)@example.test", "smtp:\(name).alias@example.test"] + extra
        var attributes = try #require(TestGateway.attributes(name).object)
        attributes["proxyAddresses"] = JSONValue(all)
        try await gateway.put(name, .object(attributes))
    }

    private func claim(_ address: String, by name: String) async throws {
        try await gateway.putClaimant(name, .contact, mail: address, proxies: ["SMTP:\(address)"])
    }

    @discardableResult private func pass() async throws -> PlanSummary {
        let template = try TestGateway.template()
        let plan = try await gateway.planner.plan(template, product: nil)
        _ = try await gateway.planner.end(template)
        _ = try await gateway.planner.order(template, limit: 100)
        try await gateway.work()
        return plan
    }

    private func orders(_ name: String) async throws -> [Order] {
        try await gateway.ledger.orders(OrderFilter(limit: 100)).filter { $0.subscriberID == name }.reversed()
    }

    @Test func anAddressThatTwoHoldStaysCertified() async throws {
        try await put("ada")
        try await pass()
        let certified = try #require(try await orders("ada").first).names
        #expect(RequestedNames(json: certified).emails.count == 2)
        try await claim("ada@example.test", by: "contact")
        for _ in 1...3 { #expect(try await pass().actions.isEmpty) }
        #expect(try await orders("ada").map(\.stage) == [.active])
        let shown = try #require(try await gateway.planner.decisions.decisions(subscriberID: "ada").first)
        #expect(shown.concern == .renamed && shown.reason.contains("ada@example.test is the proxy address of"))
        #expect(shown.reason.contains("stays as it is"), "\(shown.reason)")
        // The contact goes, and nothing has to be bought for that.
        try await gateway.putClaimant("contact", .contact, mail: nil)
        #expect(try await pass().actions.isEmpty)
        #expect(try await orders("ada").count == 1)
    }

    /// An address that is not the person's any more is a change as before, whatever is doubtful beside it.
    @Test func whatIsGoneIsGone() async throws {
        try await put("ada", extra: ["smtp:ada.former@example.test"])
        try await pass()
        try await claim("ada@example.test", by: "contact")
        try await put("ada")
        #expect(try await pass().actions == [.replace: 1])
    }

    /// Claimed more firmly by another one: not doubtful.
    @Test func aProxyAddressOutweighsMail() async throws {
        try await gateway.put("ada", TestGateway.attributes("ada"))
        let template = try TestGateway.template()
        var member = try #require(
            try await gateway.mirror.members(of: template.group, after: .start, limit: 1).first)
        try await claim("ada@example.test", by: "contact")
        member = try #require(try await gateway.mirror.members(of: template.group, after: .start, limit: 1).first)
        let built = NameBuilder(template: template, product: nil).build(for: member.person, rivals: member.rivals)
        #expect(built.names.emails.isEmpty && built.doubts.isEmpty && built.obstacle != nil)
    }

    /// A synchronization that goes the wrong way replaces nothing by itself.
    @Test func halfOfAllWaitForConsent() throws {
        func plan(_ replacing: Int, of covered: Int, isSwitching: Bool = false) -> [String] {
            var plan = PlanSummary(
                template: "smime", counts: [.covered: covered], evaluated: 0, skippedByReason: [:], warnings: [])
            plan.actions = [.replace: replacing]
            plan.isSwitching = isSwitching
            return PlanLimits([plan], .init(), nil).sentences
        }
        #expect(plan(5, of: 10).contains { $0.contains("half of those in use or more") })
        #expect(plan(4, of: 4).isEmpty, "a few are nobody's mistake")
        #expect(plan(5, of: 11).isEmpty)
        #expect(plan(10, of: 10, isSwitching: true).isEmpty)
    }
}
