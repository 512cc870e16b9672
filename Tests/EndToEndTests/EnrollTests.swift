// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// People who are named one by one, and exceptions, by the programs.
@Suite(.timeLimit(.minutes(10))) struct EnrollTests {
    private func people(_ sandbox: SandboxProcess) async throws -> [String] {
        let all = try await sandbox.control("/control/people")["people"]?.array ?? []
        return all.filter { $0["isMember"] == true }.compactMap { $0["userPrincipalName"]?.string }.sorted()
    }

    private func change(_ action: String, _ name: String, _ sandbox: SandboxProcess) async throws {
        let body: JSONValue = ["action": .string(action), "person": .string(name)]
        try await sandbox.control("/control/people", method: "POST", body: body.text)
    }

    private func json(_ run: Run) throws -> JSONValue { try JSONValue(parsing: Data(run.output.utf8)) }

    /// Killed between exception and order, and run twice at once: everybody gets one.
    @Test func peopleBesideTheGroupAreEnrolledOnce() async throws {
        let sandbox = try await SandboxProcess(["--users", "3"])
        let names = try await people(sandbox)
        try #require(names.count == 3)
        for name in names.prefix(2) { try await change("leave", name, sandbox) }
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            $0.replacing("    key: p256", with: "    key: p256\n    price: 18.50 EUR")
        }
        let wish = ["enroll", names[0], names[1], "--template", "smime", "--because", "auditors"]
        let refused = try await gateway.certway(wish)
        #expect(
            refused.status == 1 && refused.errors.contains("--outside-group enrolls people beside it"),
            "\(refused.errors)")
        let dry = try await gateway.certway(wish + ["--outside-group", "--dry-run", "--output", "json"])
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(try json(dry)["cost"] == [["amount": "37.00", "currency": "EUR"]] && json(dry)["orders"] == 2)
        let orders = try await gateway.certway(["order", "list", "--output", "json"])
        #expect(try json(orders).array?.isEmpty == true)
        let killed = try await gateway.certway(
            wish + ["--outside-group"], environment: ["CERTWAY_KILL_AT": "exceptionNoted"])
        #expect(killed.wasKilled, "\(killed.errors)")
        async let one = gateway.certway(wish + ["--outside-group"])
        async let other = gateway.certway(wish + ["--outside-group"])
        let runs = try await [one, other]
        #expect(runs.contains { $0.status == 0 }, "\(runs.map(\.errors))")
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(3))
        let exceptions = try json(await gateway.certway(["exception", "list", "--output", "json"]))
        #expect(exceptions.array?.count == 2 && exceptions[0]?["kind"] == "include")
        let why = try await gateway.certway(["why", names[0]])
        #expect(
            why.output.contains("has a certificate in use") && why.output.contains("included by hand"), "\(why.output)")
        let again = try await gateway.certway(wish + ["--outside-group"])
        #expect(again.status == 1 && again.errors.contains("has a certificate of order cw-"), "\(again.errors)")
    }

    @Test func whoIsLeftOutIsSaidAndOrderedForOnceItEnds() async throws {
        let sandbox = try await SandboxProcess(["--users", "2"])
        let names = try await people(sandbox)
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        _ = try await gateway.certway(["plan"])
        let add = [
            "exception", "add", names[0], "--template", "smime", "--leave-out", "--until", "2035-03-31", "--because",
            "parental leave",
        ]
        #expect(try await gateway.certway(Array(add.prefix(5))).status == 2, "a day and a reason are needed")
        #expect(try await gateway.certway(add).status == 0)
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(1))
        let plan = try await gateway.certway(["plan"])
        #expect(
            plan.output.contains("left out until 2035-03-31 by") && plan.output.contains("parental leave"),
            "\(plan.output)")
        let refused = try await gateway.certway(["enroll", names[0], "--template", "smime", "--because", "x"])
        #expect(refused.status == 1 && refused.errors.contains("'certway exception end'"), "\(refused.errors)")
        #expect(try await gateway.certway(["exception", "end", names[0], "--template", "smime"]).status == 0)
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(2))
    }

    /// A budget bounds orders by hand as it does the plan's.
    @Test func overTheBudgetTheMoneyHasToBeSaid() async throws {
        let sandbox = try await SandboxProcess(["--users", "2"])
        let names = try await people(sandbox)
        let gateway = try await GatewayUnderTest(sandbox: sandbox) {
            $0.replacing("    key: p256", with: "    key: p256\n    price: 18.50 EUR")
                .replacing("ordersPerRun: 100000", with: "ordersPerRun: 100000, budgetPerMonth: 20 EUR")
        }
        let wish = ["enroll", names[0], names[1], "--template", "smime", "--because", "x"]
        let over = try await gateway.certway(wish)
        #expect(
            over.status != 0 && over.errors.contains("--accept-orders 2 --accept-cost '37.00 EUR'"), "\(over.errors)")
        #expect(try await gateway.certway(wish + ["--accept-orders", "2", "--accept-cost", "37 EUR"]).status == 0)
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(2))
    }
}
