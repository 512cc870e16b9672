// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Ledger
import MicrosoftGraph
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

@Suite(.timeLimit(.minutes(5))) struct PlannerTests {
    private let gateway: TestGateway

    init() async throws { gateway = try await TestGateway() }

    private func plan(_ members: String = "", product: ProductFacts? = nil) async throws -> PlanSummary {
        try await gateway.planner.plan(TestGateway.template(members), product: product)
    }

    private func fill() async throws {
        try await gateway.put("ada", TestGateway.attributes("ada"))
        try await gateway.put("bob", TestGateway.attributes("bob"))
        try await gateway.put("off", TestGateway.attributes("off", enabled: false))
        try await gateway.put("nomail", ["userPrincipalName": "nomail@example.test", "displayName": "N"])
        try await gateway.put("gone", TestGateway.attributes("gone"), isPresent: false)
        try await gateway.put("dead", TestGateway.attributes("dead"), isPresent: false, isDeleted: true)
    }

    @Test func everybodyGetsAVerdictWithAReason() async throws {
        try await fill()
        try await gateway.plan("bob")
        let summary = try await plan()
        #expect(summary.evaluated == 6)
        #expect(summary.counts == [.order: 1, .covered: 1, .skipped: 2, .left: 2])
        #expect(summary.skippedByReason == ["the account is disabled": 1, "has no mail address": 1])
        let reasons = try await gateway.planner.decisions.decisions(template: "smime", verdict: .left, limit: 10)
        #expect(reasons.map(\.reason) == ["deleted from the tenant", "left the group"])
        let order = try await gateway.planner.decisions.decisions(template: "smime", verdict: .order, limit: 10)
        #expect(order.map(\.subscriberID) == ["ada"])
        #expect(order[0].userPrincipalName == "ada@example.test")
        #expect(order[0].names == RequestedNames(commonName: "ada", emails: ["ada@example.test"]))
        #expect(try await gateway.ledger.orders().count == 1)
    }

    @Test func anUnchangedDirectoryIsNotLookedAtAgain() async throws {
        try await fill()
        #expect(try await plan().evaluated == 6)
        let second = try await plan()
        #expect(second.evaluated == 0)
        #expect(second.counts == [.order: 2, .skipped: 2, .left: 2])
        try await gateway.put("off", TestGateway.attributes("off"))
        let third = try await plan()
        #expect(third.evaluated == 1)
        #expect(third.toOrder == 3)
    }

    /// A node that has lost the right to plan writes nothing any more, and forgets nothing of what another one has decided.
    @Test func whoHasLostTheRightForgetsNothing() async throws {
        try await fill()
        #expect(try await plan().toOrder == 2)
        var planner = gateway.planner
        planner.lease = try await gateway.ledger.lease(OrderLedger.planning, owner: "a", for: .seconds(60))
        _ = try await gateway.ledger.lease(OrderLedger.planning, owner: "b", for: .seconds(60), force: true)
        let changed = try TestGateway.template(", validityDays: 90")
        await #expect(throws: LedgerError.self) { try await planner.plan(changed, product: nil) }
        await #expect(throws: LedgerError.self) {
            try await planner.decisions.markCovered(template: "smime", subscribers: ["ada"])
        }
        #expect(try await plan().evaluated == 0, "the verdicts were forgotten")
        #expect(try await plan().toOrder == 2)
    }

    /// Two that go by different configurations: whoever comes later begins anew, and the other one stops instead of saying that it has
    /// read everybody.
    @Test func anotherConfigurationMeanwhileEndsThePass() async throws {
        try await fill()
        let changed = try TestGateway.template(", validityDays: 90")
        let other = gateway.planner
        gateway.database.afterNextWrite { _ = try? await other.plan(changed, product: nil) }
        await #expect(throws: LedgerError.self) { try await plan() }
        #expect(try await gateway.planner.plan(changed, product: nil).evaluated == 0)
    }

    @Test func manyPagesAreReadToTheEnd() async throws {
        for number in 0..<1203 { try await gateway.put("user\(number)", TestGateway.attributes("user\(number)")) }
        let summary = try await plan()
        #expect(summary.evaluated == 1203)
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 1000) == 1000)
        #expect(try await plan().counts == [.covered: 1000, .order: 203])
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 1000) == 203)
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 1000) == 0)
    }

    /// Those that are left out do not keep the others from being reached.
    @Test func onlyWhatIsApprovedIsOrdered() async throws {
        for number in 0..<1203 { try await gateway.put("user\(number)", TestGateway.attributes("user\(number)")) }
        _ = try await plan()
        let template = try TestGateway.template()
        var approved = try await gateway.planner.plannedOrders(of: [template])
        #expect(approved.marks.count == 1203)
        approved.marks = Set(approved.marks.sorted().suffix(700))
        #expect(try await gateway.planner.order(template, limit: 1203, approved: approved) == 700)
        #expect(try await gateway.planner.order(template, limit: 1203, approved: approved) == 0)
        #expect(try await plan().counts == [.covered: 700, .order: 503])
    }

    @Test func aChangedTemplateLooksAtEverybodyAgain() async throws {
        try await fill()
        _ = try await plan()
        let changed = try await plan(", addressDomains: [example.org]")
        #expect(changed.evaluated == 6)
        #expect(changed.toOrder == 0)
        #expect(changed.skippedByReason["has no mail address in a domain of addressDomains"] == 2)
    }

    /// The product may need more names than before, or be known at last.
    @Test func aChangedProductLooksAtEverybodyAgain() async throws {
        try await fill()
        #expect(try await plan().toOrder == 2)
        let profile = try ConnectorProfile.read(
            """
            connector: c
            title: C
            module: scripted
            products: [{id: p, title: P, names: {required: [organization]}}]
            """, file: "c.yaml")
        let summary = try await plan(product: profile.product("p"))
        #expect(summary.evaluated == 6)
        #expect(summary.toOrder == 0)
        #expect(try await plan(product: profile.product("p")).evaluated == 0)
    }

    /// Who was found in the wrong group must not get a certificate after the group is put right.
    @Test func anotherGroupForgetsThePeopleOfTheFirst() async throws {
        try await fill()
        #expect(try await plan().toOrder == 2)
        let other = "bbbbbbbb-0000-0000-0000-00000000000b"
        try await gateway.put("carol", TestGateway.attributes("carol"), group: other)
        var template = try TestGateway.template()
        template.group = other
        template.fingerprint += "changed"
        let summary = try await gateway.planner.plan(template, product: nil)
        #expect(summary.counts == [.order: 1])
        #expect(try await gateway.planner.order(template, limit: 100) == 1)
        #expect(try await gateway.ledger.orders().map(\.subscriberID) == ["carol"])
    }

    /// Two with one address, as in a directory that nobody keeps tidy: neither is certified for it, and each is told of the
    /// other.
    @Test func oneAddressIsNeverCertifiedForTwo() async throws {
        func person(_ name: String, mail: String?, _ proxies: [String] = []) -> JSONValue {
            [
                "userPrincipalName": .string("\(name)@example.test"), "displayName": .string(name),
                "mail": JSONValue(mail), "proxyAddresses": JSONValue(proxies),
            ]
        }
        try await gateway.put("dup1", person("dup1", mail: "shared@example.test"))
        try await gateway.put("dup2", person("dup2", mail: "SHARED@example.test"))
        try await gateway.put("ada", person("ada", mail: "ada@example.test", ["SMTP:ada@example.test"]))
        try await gateway.put("eve", person("eve", mail: "Ada@example.test"))
        try await gateway.put("tom", person("tom", mail: nil, ["SMTP:info@example.test"]))
        try await gateway.putClaimant("info", .group, mail: "info@example.test", proxies: ["SMTP:info@example.test"])
        let summary = try await plan()
        #expect(summary.counts == [.order: 1, .skipped: 4])
        let skipped = try await gateway.planner.decisions.decisions(template: "smime", verdict: .skipped, limit: 10)
        #expect(
            skipped.map(\.reason) == [
                "shared@example.test is the mail address of user dup2@example.test, too; take it from one of them",
                "SHARED@example.test is the mail address of user dup1@example.test, too; take it from one of them",
                "Ada@example.test is the proxy address of user ada@example.test, and mail alone proves nothing",
                "info@example.test is the proxy address of group The info, too; take it from one of them",
            ])
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 10) == 1)
        #expect(try await gateway.ledger.orders().map(\.subscriberID) == ["ada"])
        // One of them gives it up: the other one is looked at again by itself.
        try await gateway.put("dup2", person("dup2", mail: "dup2@example.test"))
        #expect(try await plan().toOrder == 2)
    }

    @Test func guestsAreLeftOutUnlessTheTemplateTakesThem() async throws {
        var guest = TestGateway.attributes("guest")
        guest["userType"] = "Guest"
        try await gateway.put("guest", guest)
        var summary = try await plan()
        #expect(summary.skippedByReason == ["is a guest, and the template does not say guests: true": 1])
        summary = try await plan(", guests: true")
        #expect(summary.counts == [.order: 1])
    }

    @Test func aTemplateWithoutDomainsIsWarnedOf() async throws {
        let warnings = try await plan().warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("template smime: without addressDomains") == true)
        #expect(try await plan(", addressDomains: [example.test]").warnings.isEmpty)
    }

    @Test func nobodyIsPlannedForWhileTheDirectoryIsNotReadToItsEnd() async throws {
        try await fill()
        try await gateway.database.write {
            _ = try $0.execute("DELETE FROM directory_listings WHERE collection = 'contacts'")
        }
        let error = await #expect(throws: GraphError.self) { try await plan() }
        #expect(error?.kind == .transient)
    }

    @Test func eachPersonIsOrderedForOnce() async throws {
        try await fill()
        _ = try await plan()
        let template = try TestGateway.template()
        #expect(try await gateway.planner.order(template, limit: 100) == 2)
        #expect(try await gateway.planner.order(template, limit: 100) == 0)
        #expect(try await plan().counts == [.covered: 2, .skipped: 2, .left: 2])
        let orders = try await gateway.ledger.orders()
        #expect(Set(orders.map(\.subscriberID)) == ["ada", "bob"])
        #expect(try OrderTerms(json: orders[0].request) == OrderTerms(template: template))
        #expect(orders.allSatisfy { $0.product == "p" && $0.backendCA == "main" && $0.stage == .planned })
        // A template that looks at everybody again finds them covered.
        #expect(try await plan(", validityDays: 300").counts == [.covered: 2, .skipped: 2, .left: 2])
    }

    /// The process ended between the orders and the note that they are made.
    @Test func aKillBehindTheOrdersMakesNoSecondOnes() async throws {
        try await fill()
        _ = try await plan()
        try await gateway.plan("ada")
        try await gateway.plan("bob")
        let before = try await gateway.ledger.orders().map(\.id)
        #expect(try await gateway.planner.order(TestGateway.template(), limit: 100) == 0)
        #expect(try await gateway.ledger.orders().map(\.id) == before)
        #expect(try await plan().toOrder == 0)
    }

    /// The process ended in the middle of planning: the next pass goes on and ends the same.
    @Test func aStoreThatFailsInTheMiddleLosesNobody() async throws {
        for number in 0..<700 { try await gateway.put("user\(number)", TestGateway.attributes("user\(number)")) }
        // The new fingerprint and the first page are written, the second is not.
        gateway.database.fail(after: 2, with: .init(.full, "disk full"))
        await #expect(throws: (any Error).self) { try await plan() }
        gateway.database.fail(with: nil)
        let summary = try await plan()
        #expect(summary.evaluated == 200)
        #expect(summary.counts == [.order: 700])
    }

    @Test func decisionsAreFoundByPerson() async throws {
        try await fill()
        _ = try await plan()
        let found = try await gateway.planner.decisions.decisions(subscriberID: "off")
        #expect(found.map(\.reason) == ["the account is disabled"])
        #expect(found.map(\.verdict) == [.skipped])
    }
}
