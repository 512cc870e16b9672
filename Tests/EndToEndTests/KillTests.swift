// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The process ends anywhere, hundreds of times: never a lost key, never a second certificate.
@Suite(.serialized) struct KillTests {
    private static let boundaries = [
        "planned", "beforeKeyCommit", "keyed", "beforeSubmit", "submitCommitted", "answered", "pendingCommitted",
        "beforePoll", "polled", "beforeIssueCommit", "issued", "beforeDelivery", "delivered", "deliveryCommitted",
        "active",
    ]

    @Test(arguments: boundaries)
    func killedAtBoundary(_ boundary: String) throws {
        // Hostile, so that some orders are pending and the polling boundaries are reached.
        let gateway = try GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "12", "--hostile", "--seed", "11"]))
        let killed = try gateway.certway(
            ["run", "--once", "--wait", "60"], environment: ["CERTWAY_KILL_AT": boundary])
        #expect(killed.wasKilled, "\(boundary) was not reached: \(killed.errors)")
        for _ in 0..<3 where try gateway.finish(within: 90).json["orders"]?["active"]?.int == 12 { break }
        #expect(try Outcome.of(gateway) == .complete(12))
    }

    @Test func killedAtThreeHundredRandomMoments() throws {
        let people = 100
        let kills = 300
        let seed = UInt64.random(in: 0...UInt64.max)
        print("kill seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let gateway = try GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "\(people)", "--hostile", "--seed", "5"]))
        var finished = 0
        for _ in 0..<kills {
            let run = try gateway.certway(
                ["run", "--once", "--wait", "120", "--output", "json"],
                killAfter: Double.random(in: 0.02...0.7, using: &random))
            if !run.wasKilled { finished += 1 }
        }
        for _ in 0..<5 where try gateway.finish().json["orders"]?["active"]?.int == people { break }
        #expect(try Outcome.of(gateway) == .complete(people), "kill seed \(seed), \(finished) runs ended by themselves")
    }
}

/// SplitMix64: small, and the same everywhere for one seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
