// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Settings
import Store
import Testing

@testable import Fulfilment
@testable import Ledger
@testable import Names
@testable import Planning

/// What follows when the name somebody signs in with, or the way an address is written, is another one than when the certificate was
/// ordered.
@Suite(.timeLimit(.minutes(5))) struct RenamedPersonTests {
    private let gateway: TestGateway

    init() async throws { gateway = try await TestGateway() }

    private func plan(_ members: String = "") async throws -> PlanSummary {
        try await gateway.planner.plan(TestGateway.template(members), product: nil)
    }

    /// Ada with a certificate in use.
    private func issue(_ members: String = "") async throws {
        try await gateway.put("ada", TestGateway.attributes("ada"))
        _ = try await plan(members)
        _ = try await gateway.planner.order(TestGateway.template(members), limit: 1000)
        try await gateway.work()
        #expect(try await orders().map(\.stage) == [.active])
    }

    private func orders() async throws -> [Order] { try await gateway.ledger.orders(OrderFilter(limit: 100)) }

    /// Puts on record that the certificate left for Intune under this name.
    private func deliver(to name: String) async throws {
        let order = try #require(try await orders().first)
        try await gateway.database.write { connection in
            let table = OrderTable(connection: connection, now: gateway.clock.now())
            try table.save(order, as: order, OrderChange.delivering(to: name).events)
        }
    }

    private func decision() async throws -> EnrollmentDecision {
        try #require(try await gateway.planner.decisions.decisions(subscriberID: "ada").first)
    }

    /// Intune's record is filed under a name; without the key it cannot be filed under another one. Letters in another case are none.
    @Test(arguments: [
        (", onChange: replace", "ada.new@example.test", true), ("", "ADA@example.test", false),
        (", onChange: report", "ada.new@example.test", false),
    ])
    func whatIntuneHasUnderAFormerNameIsReplaced(_ members: String, _ name: String, _ isReplaced: Bool) async throws {
        try await issue(members)
        var attributes = TestGateway.attributes("ada")
        attributes["userPrincipalName"] = .string(name)
        try await gateway.put("ada", attributes)
        #expect(try await plan(members).actions.isEmpty, "nothing lies in Intune")
        var template = try TestGateway.template(members)
        template.delivery = .intune
        try await gateway.put("ada", attributes)
        #expect(try await gateway.planner.plan(template, product: nil).actions.isEmpty, "it never left for Intune")
        try await deliver(to: "ada@example.test")
        try await gateway.put("ada", attributes)
        let summary = try await gateway.planner.plan(template, product: nil)
        #expect(summary.actions == (isReplaced ? [.replace: 1] : [:]))
        if isReplaced { #expect(try await decision().reason.contains("former sign-in name ada@example.test")) }
        // Delivered under the new name, as for who was renamed while the CA worked.
        try await deliver(to: name)
        try await gateway.put("ada", attributes)
        #expect(try await gateway.planner.plan(template, product: nil).actions.isEmpty)
    }

    /// Directories are put in order, and no mail goes elsewhere by it.
    @Test func capitalsInAnAddressBuyNothing() async throws {
        try await issue()
        var attributes = TestGateway.attributes("ada")
        attributes["mail"] = "Ada@Example.test"
        attributes["userPrincipalName"] = "Ada@Example.TEST"
        try await gateway.put("ada", attributes)
        #expect(try await plan().actions.isEmpty)
        #expect(try await decision().concern == nil)
        // Nor does who waits for approval lose the order.
        let order = try #require(try await orders().first)
        let template = try TestGateway.template()
        let eligibility = Eligibility(mirror: gateway.mirror, template: { _ in template }, product: { _ in nil })
        #expect(try await eligibility.recipient(of: order) == .person(userPrincipalName: "Ada@Example.TEST"))
    }

    /// With its key here, it is delivered under the new name instead.
    @Test(arguments: [true, false]) func whatIntuneHasUnderAFormerNameIsNotReplacedWhereItsKeyIsKept(isKept: Bool)
        async throws
    {
        try await issue()
        var attributes = TestGateway.attributes("ada")
        attributes["userPrincipalName"] = "ada.new@example.test"
        try await gateway.put("ada", attributes)
        var template = try TestGateway.template()
        template.delivery = .intune
        template.keyHistory = .seconds(86_400)
        try await deliver(to: "ada@example.test")
        let order = try #require(try await orders().first)
        try await gateway.database.write { connection in
            let table = OrderKeyTable(connection: connection)
            if !isKept { try table.erase(of: order) }
            #expect(try table.key(of: order.id)?.sealed == nil || isKept)
        }
        try #require(try await gateway.ledger.key(orderID: order.id)?.sealed != nil || !isKept)
        #expect(try await gateway.planner.plan(template, product: nil).actions == (isKept ? [:] : [.replace: 1]))
    }
}
