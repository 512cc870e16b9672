// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The process ends anywhere, hundreds of times: never a lost key, never a second certificate.
@Suite(.serialized) struct KillTests {
    private static let boundaries = [
        "planned", "beforeKeyCommit", "keyed", "beforeSubmit", "submitCommitted", "answered", "pendingCommitted",
        "beforePoll", "polled", "beforeIssueCommit", "issued", "beforeDelivery", "delivered", "deliveryCommitted",
        "active",
    ]

    @Test(arguments: boundaries)
    func killedAtBoundary(_ boundary: String) async throws {
        // Hostile, so that some orders are pending and the polling boundaries are reached.
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "12", "--hostile", "--seed", "11"]))
        let killed = try await gateway.certway(
            ["run", "--once", "--wait", "60"], environment: ["CERTWAY_KILL_AT": boundary])
        #expect(killed.wasKilled, "\(boundary) was not reached: \(killed.errors)")
        for _ in 0..<3 where try await gateway.finish(within: 90).json["orders"]?["active"]?.int == 12 { break }
        #expect(try await Outcome.of(gateway) == .complete(12))
    }

    /// Rounds of a hundred people, each killed at random moments until everything is done, three hundred kills in all.
    @Test func killedAtThreeHundredRandomMoments() async throws {
        let people = 100
        // CERTWAY_TEST_SEED replays a failure.
        let seed =
            ProcessInfo.processInfo.environment["CERTWAY_TEST_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0...UInt64.max)
        print("kill seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var kills = 0
        var round = 0
        while kills < 300 {
            round += 1
            let gateway = try await GatewayUnderTest(
                sandbox: SandboxProcess(["--users", "\(people)", "--hostile", "--seed", "\(round)"]))
            var isDone = false
            while !isDone, kills < 300 {
                let run = try await gateway.certway(
                    ["run", "--once", "--wait", "120", "--output", "json"],
                    killAfter: Double.random(in: 0.02...0.4, using: &random))
                if run.wasKilled { kills += 1 }
                isDone = try !run.wasKilled && run.json["orders"]?["active"]?.int == people
            }
            print("round \(round): everybody done: \(isDone), \(kills) kills so far")
            for _ in 0..<5 where try await gateway.finish().json["orders"]?["active"]?.int == people { break }
            let outcome = try await Outcome.of(gateway)
            let orders = try await gateway.certway(["order", "list", "--limit", "200"]).output
            #expect(outcome == .complete(people), "kill seed \(seed), round \(round): \(outcome) \(orders)")
        }
    }
}
