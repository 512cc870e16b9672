// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import Settings
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// A name to sign in with is one person's, as an address is.
@Suite(.timeLimit(.minutes(5))) struct SignInNameTests {
    private let gateway: TestGateway

    init() async throws { gateway = try await TestGateway(abilities: [.poll, .findByReference, .cancel, .revoke]) }

    private func template(_ program: String = ".userPrincipalName") throws -> TemplateConfiguration {
        try TestGateway.template(
            ", purpose: clientAuthentication, "
                + "names: {commonName: .displayName, userPrincipalName: \"\(program)\", securityIdentifier: '\"\"'}")
    }

    private func put(_ id: String, signIn: String, mail: String, more: [String: JSONValue] = [:]) async throws {
        let attributes: [String: JSONValue] = [
            "userPrincipalName": .string(signIn), "displayName": .string(id), "mail": .string(mail),
            "accountEnabled": true,
        ]
        try await gateway.put(id, .object(attributes.merging(more) { _, new in new }))
    }

    private func decision(_ name: String) async throws -> EnrollmentDecision {
        try #require(try await gateway.planner.decisions.decisions(subscriberID: name).first)
    }

    @Test func nobodySignsInAsSomebodyElse() async throws {
        try await put("paul", signIn: "paul@example.test", mail: "paul@example.test")
        try await put("gul", signIn: "gul@example.test", mail: "Paul@example.test")
        let plan = try await gateway.planner.plan(template(".mail"), product: nil)
        #expect(plan.toOrder == 1)
        let refused = try await decision("gul")
        #expect(refused.verdict == .skipped, "\(refused.reason)")
        #expect(refused.reason.contains("Paul@example.test is what") && refused.reason.contains("signs in with"))
        #expect(try await decision("paul").verdict == .order)
    }

    /// Made of an attribute that claims nothing in Entra ID.
    @Test func norByAnAttributeOfHisOwn() async throws {
        try await put("paul", signIn: "paul@example.test", mail: "paul@example.test")
        try await put(
            "gul", signIn: "gul@example.test", mail: "gul@example.test", more: ["jobTitle": "paul@example.test"])
        #expect(try await gateway.planner.plan(template(".jobTitle // .userPrincipalName"), product: nil).toOrder == 1)
        #expect(try await decision("gul").reason.contains("paul@example.test is no name"))
    }

    /// The name that the domain knows is another tenant account's by now: whoever looks before the order leaves asks the whole tenant.
    @Test func norByANameOfTheDomain() async throws {
        let name = "onPremisesUserPrincipalName"
        try await put("paul", signIn: "paul@example.test", mail: "paul@example.test")
        try await put(
            "gul", signIn: "gul@example.test", mail: "gul@example.test", more: [name: "paul@example.test"])
        let template = try template(".\(name) // .userPrincipalName")
        #expect(try await gateway.planner.plan(template, product: nil).toOrder == 2)
        #expect(try await gateway.planner.order(template, limit: 10) == 2)
        let eligibility = Eligibility(
            mirror: gateway.mirror, template: { _ in template }, product: { _ in nil },
            exceptions: gateway.planner.exceptions)
        for order in try await gateway.ledger.orders(OrderFilter(limit: 10)) {
            switch try await eligibility.verdict(on: order) {
            case .withdraw(let reason):
                #expect(order.subscriberID == "gul" && reason.contains("signs in with"), "\(reason)")
            case .fits: #expect(order.subscriberID == "paul")
            case .changed(let reason): Issue.record("\(reason)")
            }
        }
    }

    /// As with an address: the former holder's certificate goes at once, whether the next one is there or not.
    @Test func aNameThatIsSomebodyElsesNowIsRevokedAtOnce() async throws {
        let template = try TestGateway.template(
            ", names: {commonName: .displayName, emails: .smtpAddresses, userPrincipalName: .userPrincipalName}")
        for name in ["ada", "bob", "cyd"] {
            try await put(name, signIn: "\(name)@example.test", mail: "\(name)@example.test")
        }
        _ = try await gateway.planner.plan(template, product: nil)
        #expect(try await gateway.planner.order(template, limit: 10) == 3)
        try await gateway.work()
        try await put("ada", signIn: "ada.new@example.test", mail: "ada@example.test")
        #expect(try await gateway.planner.plan(template, product: nil).actions == [.replace: 1])
        try await put("bob", signIn: "ada@example.test", mail: "bob@example.test")
        let plan = try await gateway.planner.plan(template, product: nil)
        #expect(plan.actions == [.revoke: 1, .replace: 1], "\(plan.actions)")
        #expect(try await decision("ada").action == .revoke)
    }
}
