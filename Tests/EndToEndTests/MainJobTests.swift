// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import TestSupport
import Testing

/// The main job through the built programs, as a newcomer runs it.
@Suite(.timeLimit(.minutes(10))) struct MainJobTests {
    @Test(arguments: ["digicert-certcentral", "local-ca"])
    func demoEnrollsEverybody(connector: String) async throws {
        let run = try await Run.certway(["demo", "--users", "10", "--connector", connector, "--output", "json"])
        #expect(run.status == 0, "\(run.errors)")
        let result = try run.json
        for key in ["users", "ordersAtCA", "issued", "delivered", "archived", "opened"] {
            #expect(result[key]?.int == 10, "\(key)")
        }
        #expect((result["seconds"]?.number ?? 0) > 0)
    }

    @Test func demoSpeaksPlainly() async throws {
        let run = try await Run.certway(["demo", "--users", "3", "--key", "p256"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("Every person has one certificate, on every device."))
    }

    /// Each command that the demo names at its end works.
    @Test func whatTheDemoLeavesCanBeLookedAt() async throws {
        let folder = try TemporaryFolder()
        let run = try await Run.certway(["demo", "--users", "2", "--key", "p256", "--keep", folder.path("kept")])
        try #require(run.status == 0, "\(run.errors)")
        let commands = run.output.matches(of: #/(?m)^  certway (--home \S+ .+?)  /#).map { String($0.output.1) }
        #expect(commands.count > 4, "\(run.output)")
        for command in commands {
            let answer = try await Run.certway(command.split(separator: " ").map(String.init))
            #expect(answer.status == 0 && !answer.output.isEmpty, "\(command): \(answer.errors)")
        }
    }

    @Test func secondPassOrdersNothing() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "5"]))
        #expect(try await gateway.finish().json["activated"]?.int == 5)
        #expect(try await gateway.finish().json["planned"]?.int == 0)
        #expect(try await Outcome.of(gateway) == .complete(5))
    }

    @Test func newMemberIsPickedUp() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "3"]))
        try await gateway.finish()
        _ = try await gateway.sandbox.control(
            "/control/people", method: "POST",
            body: #"""
                {"changes": [
                    {"action": "add", "properties": {"userPrincipalName": "zoe.mueller@sandbox.example",
                        "displayName": "Zoë Müller", "mail": "zoe.mueller@sandbox.example",
                        "proxyAddresses": ["SMTP:zoe.mueller@sandbox.example"]}},
                    {"action": "join", "person": "zoe.mueller@sandbox.example"}]}
                """#)
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(4))
        let why = try await gateway.certway(["why", "zoe.mueller@sandbox.example"])
        #expect(why.output.contains("active"), "\(why.output)")
    }

    @Test func planOrdersNothingAndSaysWhat() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "4"]))
        let plan = try await gateway.certway(["plan", "--output", "json"])
        #expect(try plan.json["templates"]?[0]?["people"]?["toOrder"]?.int == 4)
        #expect(try await gateway.sandbox.control("/control/orders")["orders"]?.array?.isEmpty == true)
    }

    @Test func planOverTheLimitWaitsForAPerson() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "4"])) {
            $0.replacing("ordersPerRun: 100000", with: "ordersPerRun: 3")
        }
        let refused = try await gateway.finish()
        #expect(refused.status == 4)
        #expect(refused.errors.contains("--accept-orders 4"), "\(refused.errors)")
        #expect(try await gateway.sandbox.control("/control/orders")["orders"]?.array?.isEmpty == true)
        let accepted = try await gateway.certway(["run", "--once", "--wait", "60", "--accept-orders", "4"])
        #expect(accepted.status == 0, "\(accepted.errors)")
        #expect(try await Outcome.of(gateway) == .complete(4))
    }

    @Test func exportCanBeAppliedAgain() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        let exported = try await gateway.certway(["export"]).output
        let file = try gateway.folder.write(exported, to: "exported.yaml")
        let again = try await gateway.certway(["apply", "-f", file, "--output", "json"])
        #expect(again.status == 0, "\(again.errors)")
        #expect(try again.json.array?.allSatisfy { $0["change"] == "unchanged" } == true, "\(again.output)")
    }

    @Test func signsInByCertificate() async throws {
        let sandbox = try await SandboxProcess(["--users", "2"])
        let keys = try TemporaryFolder()
        try keys.write(sandbox.text("tenant", "certificate", "certificatePEM"), to: "app.pem")
        try keys.write(sandbox.text("tenant", "certificate", "privateKeyPEM"), to: "app.key")
        let gateway = try await GatewayUnderTest(sandbox: sandbox) { yaml in
            yaml.replacing(
                #/clientSecret: "[^"]*"/#,
                with: "clientCertificate: \(keys.path)/app.pem, clientKey: \"file:\(keys.path)/app.key\"")
        }
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(2))
    }

    /// Nested groups with a cycle, devices and people on two paths: everybody once.
    @Test func nestedGroups() async throws {
        let sandbox = try await SandboxProcess(["--users", "12"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox) { yaml in
            yaml.replacing(
                "group: \(sandbox.text("tenant", "groups", "smime"))",
                with: "group: \(sandbox.text("tenant", "groups", "nested")), nested: true".replacing(
                    ", ", with: "\n    "))
        }
        try await gateway.finish()
        #expect(try await Outcome.of(gateway) == .complete(12))
    }

    /// Disabled, without mail, with addresses no CA certifies: left out, each with its reason.
    @Test func unusualPeopleAreExplained() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "3", "--unusual"]))
        let plan = try await gateway.certway(["plan", "--output", "json"]).json["templates"]?[0]
        #expect((plan?["people"]?["leftOut"]?.int ?? 0) > 0)
        let reasons = plan?["skippedByReason"]?.object?.keys.sorted() ?? []
        #expect(reasons.contains("the account is disabled"), "\(reasons)")
        #expect(reasons.contains { $0.contains("no mail address") }, "\(reasons)")
    }
}
