// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Everything going wrong that may, by seed: exactly one order, one PFX and one archived key per person all the same.
@Suite(.timeLimit(.minutes(TestSize.choose(10, full: 40)))) struct HostileTests {
    @Test func manyPeople() async throws {
        let people = TestSize.choose(30, full: 300)
        let seeds = TestSeed.each("the hostile sandbox", of: Array(1...5))
        // They wait most of the time, so they wait together.
        let evidence = try await withThrowingTaskGroup(of: HostileEvidence.self) { group in
            for seed in seeds { group.addTask { try await enroll(people, seed: seed) } }
            return try await group.reduce(into: HostileEvidence()) { $0.add($1) }
        }
        print("all hostile seeds: \(evidence)")
        evidence.expect(isAll: seeds.count > 1)
    }

    private func enroll(_ people: Int, seed: UInt64) async throws -> HostileEvidence {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "\(people)", "--hostile", "--seed", "\(seed)"]),
            keyType: seed == 1 ? "rsa2048" : "p256")
        // A pass may end early, for instance when the directory could not be read; the next one goes on.
        var passes = 0
        for _ in 0..<5 {
            passes += 1
            let run = try await gateway.finish(within: 180)
            if run.status == 0, try run.json["orders"]?["active"]?.int == people { break }
        }
        let outcome = try await Outcome.of(gateway)
        let evidence = try await HostileEvidence(of: gateway)
        print("hostile seed \(seed), \(passes) passes: \(outcome), \(evidence)")
        #expect(outcome == .complete(people), "hostile seed \(seed): \(outcome)")
        return evidence
    }

    @Test func demoSurvivesHostility() async throws {
        let run = try await Run.certway([
            "demo", "--users", "20", "--key", "p256", "--hostile", "--seed", "3", "--output", "json",
        ])
        #expect(run.status == 0, "\(run.output) \(run.errors)")
    }
}
