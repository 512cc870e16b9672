// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Foundation
import Gateway
import Ledger
import Settings
import Testing

@testable import Fulfilment
@testable import Names
@testable import Planning

/// `certway plan approve`: the consent is to people, names and terms that somebody has looked at, never to a number of them.
@Suite(.timeLimit(.minutes(5))) struct PlanApprovalTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func yaml(_ office: Office) -> String {
        office.yaml(
            more: """
                tenant: {id: \(Office.tenant), clientID: \(Office.application), clientSecret: "file:\(office.folder.path("key"))"}
                limits: {ordersPerRun: 1}
                """)
    }

    private let office: Office
    private let gateway: Gateway

    init() async throws {
        office = try await Office()
        try await office.apply(Self.yaml(office))
        gateway = try await office.gateway()
    }

    /// As the planner would decide.
    private func want(_ people: String..., template: String = "smime", named name: String? = nil, in gateway: Gateway)
        async throws
    {
        try await gateway.database.write { connection in
            for person in people {
                let decision = EnrollmentDecision(
                    template: template, subscriberID: person, userPrincipalName: "\(person)@example.org",
                    verdict: .order, reason: "",
                    names: RequestedNames(commonName: name ?? person), newestOrder: 0, action: .order)
                try DecisionStore.put([decision], on: connection)
            }
        }
    }

    /// As `certway plan` would show it.
    private func look(_ actor: String = "eve", in gateway: Gateway, at date: Date = now) async throws {
        let planned = try await gateway.planner.plannedOrders(of: gateway.configuration.templates)
        try await ShownPlan(at: date, orders: planned).note(for: actor, on: gateway.database)
    }

    private func approve(
        _ gateway: Gateway, orders: Int? = nil, cost: String? = nil
    ) async throws -> PlanApproval {
        try await PlanAdministration(gateway, caller: .commandLine("eve")).approve(
            orders: orders, cost: cost.flatMap { Money($0) }, at: Self.now)
    }

    /// With a price, and a budget that two orders are over.
    private func priced(_ price: String = "10 EUR", budget: String = "19.99 EUR") async throws -> Gateway {
        try await office.apply(
            Self.yaml(office).replacing("product: p, delivery", with: "product: p, price: \(price), delivery")
                .replacing("ordersPerRun: 1", with: "budgetPerMonth: \(budget)"))
        return try await office.gateway()
    }

    /// What the next planning places, and what it says of the rest.
    private func place(_ gateway: Gateway) async throws -> (people: [String], overLimit: String?) {
        var report = EnrollmentPass.Report()
        for template in gateway.configuration.templates {
            report.plans.append(try await gateway.planner.last(template))
        }
        report.spending = try await Spending.read(gateway.ledger, at: gateway.ledger.clock.now())
        let limits = PlanLimits(report.plans, gateway.configuration.limits, report.spending)
        let consent = try await OrderConsent.take(
            forPlanOf: report.wanted, costing: limits.overBudget, on: gateway.database, at: Self.now)
        let pass = EnrollmentPass(
            configuration: gateway.configuration, synchronizer: gateway.synchronizer(try gateway.graphClient()),
            planner: gateway.planner, backends: gateway.backends)
        report = try await pass.place(report, consent: consent)
        let orders = try await gateway.ledger.orders(OrderFilter(limit: 100))
        return (orders.map { "\($0.template) \($0.subscriberID)" }.sorted(), report.overLimit.first)
    }

    @Test func whoHasNotLookedConsentsToNothing() async throws {
        try await want("ada", "bob", in: gateway)
        await #expect(throws: SettingsError.self) { try await approve(gateway) }
        try await look("bob", in: gateway)
        await #expect(throws: SettingsError.self, "somebody else has looked") { try await approve(gateway) }
        try await look(in: gateway, at: Self.now - OrderConsent.validity)
        await #expect(throws: SettingsError.self, "it is too long ago") { try await approve(gateway) }
        #expect(try await OrderConsent.pending(on: gateway.database) == nil)
        #expect(try await place(gateway).people.isEmpty)
        try await look(in: gateway)
        #expect(try await approve(gateway).consent.orders == 2)
        #expect(try await place(gateway).people == ["smime ada", "smime bob"])
    }

    /// The number is the same, and the people are not.
    @Test func othersInTheirPlaceAreNotCovered() async throws {
        try await want("ada", "bob", in: gateway)
        try await look(in: gateway)
        let approval = try await approve(gateway)
        #expect(approval.consent.orders == 2 && approval.notShown == 0)
        try await gateway.planner.decisions.markCovered(template: "smime", subscribers: ["bob"])
        try await want("eve", "zoe", in: gateway)
        try await want("ada", template: "logon", in: gateway)
        let placed = try await place(gateway)
        #expect(placed.people == ["smime ada"])
        #expect(placed.overLimit?.hasPrefix("the plan has 3 new orders") == true)
        // It is used up.
        #expect(try await place(gateway).people == ["smime ada"])
    }

    /// Whatever somebody would have looked at differs: the name, or the terms.
    @Test(arguments: [true, false]) func whatHasChangedIsNotCovered(isName: Bool) async throws {
        try await want("ada", "bob", in: gateway)
        try await look(in: gateway)
        _ = try await approve(gateway)
        var now = gateway
        if isName {
            try await want("bob", named: "Robert", in: gateway)
        } else {
            try await office.apply(
                Self.yaml(office).replacing(
                    "product: p, delivery", with: "product: p, validityDays: 9, delivery"))
            now = try await office.gateway()
        }
        #expect(try await place(now).people == (isName ? ["smime ada"] : []))
    }

    /// Between the look and the consent the service has planned anew.
    @Test func whatCameAfterTheLookIsLeftOut() async throws {
        try await want("ada", "bob", in: gateway)
        try await look(in: gateway)
        try await want("zoe", in: gateway)
        let approval = try await approve(gateway)
        #expect(approval.consent.orders == 2 && approval.notShown == 1)
        #expect(try await place(gateway).people == ["smime ada", "smime bob"])
    }

    /// Who says a number has said so.
    @Test func aNumberCoversWhoeverItIs() async throws {
        try await want("ada", "bob", in: gateway)
        await #expect(throws: SettingsError.self) { try await approve(gateway, orders: 1) }
        #expect(try await approve(gateway, orders: 3).consent.planned == nil)
        try await want("zoe", in: gateway)
        #expect(try await place(gateway).people == ["smime ada", "smime bob", "smime zoe"])
    }

    /// The consent is to the money, too: at another price the same people are not covered.
    @Test func theApprovalNamesTheMoney() async throws {
        let gateway = try await priced()
        try await want("ada", "bob", in: gateway)
        let waiting = try await place(gateway)
        #expect(waiting.people.isEmpty)
        #expect(
            waiting.overLimit?.hasPrefix("the plan has 2 new orders for 20.00 EUR, and 0.00 EUR of the 19.99 EUR")
                == true)
        try await look(in: gateway)
        #expect(try await approve(gateway).consent.sentence == "2 new orders for 20.00 EUR")
        let dearer = try await priced("11 EUR")
        #expect(try await place(dearer).people.isEmpty)
        try await look(in: dearer)
        #expect(try await approve(dearer).consent.cost.text == "22.00 EUR")
        let placed = try await place(dearer)
        #expect(placed.people == ["smime ada", "smime bob"] && placed.overLimit == nil)
        #expect(try await gateway.ledger.orders(OrderFilter()).allSatisfy { $0.price == Money("11 EUR") })
    }

    /// Who consents to a number, unseen, says what it may cost.
    @Test func aNumberOverTheBudgetNeedsItsMoney() async throws {
        let gateway = try await priced()
        try await want("ada", "bob", in: gateway)
        for cost in [nil, "19.99 EUR", "50 USD"] {
            await #expect(throws: SettingsError.self, "\(cost ?? "none")") {
                try await approve(gateway, orders: 2, cost: cost)
            }
        }
        try await OrderConsent(actor: "eve", grantedAt: Self.now, orders: 2).grant(on: gateway.database)
        #expect(try await place(gateway).people.isEmpty, "a number alone says nothing of money")
        _ = try await approve(gateway, orders: 2, cost: "20 EUR")
        #expect(try await place(gateway).people == ["smime ada", "smime bob"])
    }

    /// What was spent this month counts, whoever ordered; what was cancelled does not.
    @Test func theBudgetIsThatOfTheMonth() async throws {
        let gateway = try await priced(budget: "20 EUR")
        try await want("ada", in: gateway)
        #expect(try await place(gateway).people == ["smime ada"])
        try await want("bob", "cy", in: gateway)
        let full = try await place(gateway)
        #expect(full.people == ["smime ada"] && full.overLimit?.contains("10.00 EUR of the 20.00 EUR") == true)
        let order = try #require(try await gateway.ledger.orders(OrderFilter()).first)
        try await gateway.ledger.requestCancel(order.id, by: "eve")
        let free = try await place(gateway)
        #expect(free.people == ["smime ada", "smime bob", "smime cy"] && free.overLimit == nil)
        try await want("dee", in: gateway)
        #expect(try await place(gateway).overLimit?.contains("20.00 EUR of the 20.00 EUR") == true)
    }

    /// A template over its own budget keeps no other one.
    @Test func aTemplateWaitsAlone() async throws {
        try await office.apply(
            Self.yaml(office).replacing(
                "product: p, delivery", with: "product: p, price: 10 EUR, limits: {budgetPerMonth: 5 EUR}, delivery"
            ).replacing("ordersPerRun: 1", with: "ordersPerRun: 9"))
        let gateway = try await office.gateway()
        try await want("ada", in: gateway)
        try await want("ada", template: "logon", in: gateway)
        let placed = try await place(gateway)
        #expect(placed.people == ["logon ada"])
        #expect(placed.overLimit?.hasPrefix("template smime: the plan has 1 new order for 10.00 EUR") == true)
        try await look(in: gateway)
        #expect(try await approve(gateway).consent.orders == 1)
        #expect(try await place(gateway).people == ["logon ada", "smime ada"])
    }
}
