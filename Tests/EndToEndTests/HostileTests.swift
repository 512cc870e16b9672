// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Everything going wrong that may, by seed: exactly one order, one PFX and one archived key per person all the same.
@Suite struct HostileTests {
    @Test(arguments: 1...5)
    func threeHundredPeople(seed: Int) async throws {
        print("hostile seed \(seed)")
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "300", "--hostile", "--seed", "\(seed)"]),
            keyType: seed == 1 ? "rsa2048" : "p256")
        // A pass may end early, for instance when the directory could not be read; the next one goes on.
        for _ in 0..<5 {
            let run = try await gateway.finish(within: 180)
            if run.status == 0, try run.json["orders"]?["active"]?.int == 300 { break }
        }
        #expect(try await Outcome.of(gateway) == .complete(300))
    }

    @Test func demoSurvivesHostility() async throws {
        let run = try await Run.certway([
            "demo", "--users", "20", "--key", "p256", "--hostile", "--seed", "3", "--output", "json",
        ])
        #expect(run.status == 0, "\(run.output) \(run.errors)")
    }
}
