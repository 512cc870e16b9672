// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Money: what a plan costs, the budget that stops it, and the consent that names what it approves.
@Suite(.timeLimit(.minutes(10))) struct BudgetTests {
    private func gateway(_ budget: String, users: Int = 3) async throws -> GatewayUnderTest {
        try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "\(users)"])) {
            $0.replacing("ordersPerRun: 100000", with: "ordersPerRun: 100000, budgetPerMonth: \(budget)")
                .replacing("    key: p256", with: "    key: p256\n    price: 18.50 EUR")
        }
    }

    private func orders(_ gateway: GatewayUnderTest) async throws -> Int? {
        try await gateway.sandbox.control("/control/orders")["orders"]?.array?.count
    }

    @Test func aPlanOverTheBudgetWaitsForTheConsentToItsMoney() async throws {
        let gateway = try await gateway("50 EUR")
        let run = try await gateway.certway(["run", "--once"])
        #expect(run.status == 4)
        #expect(
            run.errors.contains(
                "the plan has 3 new orders for 55.50 EUR, and 0.00 EUR of the 50.00 EUR of limits.budgetPerMonth are spent"
            ),
            "\(run.errors)")
        #expect(try await orders(gateway) == 0)
        let plan = try await gateway.certway(["plan"])
        #expect(plan.status == 0)
        #expect(plan.output.contains("COST") && plan.output.contains("55.50 EUR"), "\(plan.output)")
        #expect(plan.output.contains("spent in ") && plan.output.contains("0.00 EUR of 50.00 EUR"), "\(plan.output)")
        let short = try await gateway.certway(["plan", "approve", "--orders", "3"])
        #expect(short.status != 0 && short.errors.contains("--cost '55.50 EUR'"), "\(short.errors)")
        let accepted = try await gateway.certway(["run", "--once", "--accept-orders", "3"])
        #expect(accepted.status == 4, "a number alone is no money")
        let approved = try await gateway.certway(["plan", "approve"])
        #expect(
            approved.output.contains("3 new orders for 55.50 EUR approved"), "\(approved.output) \(approved.errors)")
        // Two at once have one consent between them, and nobody is bought for twice.
        async let one = gateway.certway(["run", "--once", "--wait", "30"])
        async let other = gateway.certway(["run", "--once", "--wait", "30"])
        _ = try await [one, other]
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(3))
        let cost = try await gateway.certway(["cost", "--output", "json"])
        let report = try JSONValue(parsing: Data(cost.output.utf8))
        #expect(report["total"] == [["amount": "55.50", "currency": "EUR"]])
        #expect(report["rows"]?[0]?["certificates"] == 3 && report["rows"]?[0]?["orders"] == 3, "\(cost.output)")
        let list = try await gateway.certway(["order", "list", "--output", "csv"])
        #expect(list.output.components(separatedBy: "18.50 EUR").count == 4, "\(list.output)")
        // Everybody has one: nothing is over any more.
        #expect(try await gateway.certway(["run", "--once"]).status == 0)
    }

    /// The service says it once, and goes on by itself once there is money.
    @Test func theServiceWaitsAndGoesOn() async throws {
        let gateway = try await gateway("20 EUR", users: 2)
        let service = try await gateway.start(["serve"])
        #expect(try await gateway.serviceSays("the plan has 2 new orders for 37.00 EUR"))
        #expect(try await orders(gateway) == 0)
        try await gateway.reconfigure { $0.replacing("budgetPerMonth: 20 EUR", with: "budgetPerMonth: 40 EUR") }
        for _ in 0..<300 where try await orders(gateway) != 2 { try await Task.sleep(for: .milliseconds(100)) }
        #expect(try await orders(gateway) == 2)
        service.signal(SIGTERM)
        #expect(await service.end().status == 0)
    }
}
