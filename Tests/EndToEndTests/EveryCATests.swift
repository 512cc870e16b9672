// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// The main job through every CA that the sandbox imitates, friendly and hostile.
@Suite(.timeLimit(.minutes(10))) struct EveryCATests {
    static let connectors = [
        "sectigo-scm", "globalsign-atlas", "ssl-com", "globaltrust", "ejbca", "swisssign", "adcs",
    ]

    @Test(arguments: connectors)
    func hostile(connector: String) async throws {
        let people = 40
        let seed = TestSeed.choose("the hostile \(connector)", in: 1...999)
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess([
                "--users", "\(people)", "--hostile", "--seed", "\(seed)", "--only", "tenant", "--only", connector,
            ]), keyType: connector == "globalsign-atlas" ? "rsa2048" : "p256", connector: connector,
            // Some lists show an order only seconds after it was placed.
            absenceIsSureAfter: "9s")
        var finished = 0
        for _ in 0..<5 where finished < people {
            let result = try await gateway.finish(within: 120).json
            // What has failed often waits for longer than a test does.
            try await gateway.certway(["order", "retry", "--delayed", "--backend-ca", "ca"])
            // Where a CA cannot be searched, an order whose answer was lost waits for a person.
            finished = (result["orders"]?["active"]?.int ?? 0) + (connector == "adcs" ? result["held"]?.int ?? 0 : 0)
        }
        let outcome = try await Outcome.of(gateway)
        if connector == "adcs" {
            #expect(finished == people, "hostile seed \(seed)")
            #expect(outcome.ordersAtCA <= people, "hostile seed \(seed): an order was placed twice")
            #expect(outcome.pfxOpened > people / 2)
        } else {
            let rest = try await gateway.certway(["order", "list", "--output", "json"]).json.array?.filter {
                $0["stage"] != "active"
            }
            #expect(outcome == .complete(people), "hostile seed \(seed) of \(connector): \(rest ?? [])")
        }
    }

    /// What a newcomer types.
    @Test(arguments: connectors + ["digicert-certcentral", "local-ca"])
    func demo(connector: String) async throws {
        let run = try await Run.certway([
            "demo", "--connector", connector, "--users", "5", "--output", "json",
        ])
        #expect(run.status == 0, "\(connector): \(run.output) \(run.errors)")
    }

    /// The same with everything going wrong that may: nobody is left without a certificate, and nobody has two.
    @Test(arguments: connectors + ["digicert-certcentral", "local-ca"])
    func hostileDemo(connector: String) async throws {
        let people = 6
        let seed = TestSeed.choose("the hostile demo of \(connector)", in: 1...999)
        let run = try await Run.certway([
            "demo", "--connector", connector, "--users", "\(people)", "--hostile", "--seed", "\(seed)", "--output",
            "json",
        ])
        let note = Comment(rawValue: "\(connector), seed \(seed): \(run.output) \(run.errors)")
        #expect(run.status == 0, note)
        for key in ["users", "ordersAtCA", "issued", "delivered", "archived", "opened"] {
            #expect(try run.json[key]?.int == people, note)
        }
        // Only a CA that cannot be searched asks people.
        #expect(try connector == "adcs" || run.json["answersOfAPerson"]?.array?.isEmpty == true, note)
    }

    /// What a person was asked and answered is said as what would be typed.
    @Test func demoPlaysThePersonWhoLooksAtTheCA() async throws {
        for seed in 1...10 {
            let run = try await Run.certway([
                "demo", "--connector", "adcs", "--users", "12", "--key", "rsa2048", "--hostile", "--seed", "\(seed)",
            ])
            #expect(run.status == 0, "seed \(seed): \(run.output) \(run.errors)")
            #expect(run.output.contains("Every person has one certificate, on every device."))
            let answers = run.output.matches(of: /certway order retry cw-[a-z0-9]+ --(found [0-9]+|absent)\n/)
            guard !answers.isEmpty else { continue }
            #expect(run.output.contains("The demo played that person"))
            return
        }
        Issue.record("ten seeds and no answer was lost")
    }
}
