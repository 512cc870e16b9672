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

    @Test(.timeLimit(.minutes(5)), arguments: boundaries)
    func killedAtBoundary(_ boundary: String) async throws {
        // Hostile, so that some orders are pending and the polling boundaries are reached.
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "12", "--hostile", "--seed", "11"]))
        let killed = try await gateway.certway(
            ["run", "--once", "--wait", "60"], environment: ["CERTWAY_KILL_AT": boundary])
        #expect(killed.wasKilled, "\(boundary) was not reached: \(killed.errors)")
        try await finish(gateway, 12)
        #expect(try await Outcome.of(gateway) == .complete(12))
    }

    /// Rounds of people, each killed at random moments until everybody is done: most kills strike while orders are at the
    /// CA, and the test says so.
    @Test(.timeLimit(.minutes(TestSize.choose(15, full: 120))))
    func killedAtRandomMoments() async throws {
        // More people would mean that most of the time goes by before the first of them is known: the tenant is hostile, too.
        let (people, kills) = TestSize.choose((30, 40), full: (40, 300))
        let seed = TestSeed.choose("the moments of the kills")
        var random = SeededGenerator(seed: seed)
        var evidence = KillEvidence()
        let measured = try await KillDriver.measure(try await gateway(people, round: 0))
        print("undisturbed: \(measured.toFirstCall) s to the first call of the CA, \(measured.fromThere) s from there")
        var round = 0
        while evidence.kills < kills {
            round += 1
            let gateway = try await gateway(people, round: round)
            let driver = KillDriver(gateway: gateway, measured: measured)
            while evidence.kills < kills {
                guard try await driver.killOne(&random) else { break }
                try await evidence.note(gateway, people: people)
            }
            try await evidence.noteEndOfRound(gateway)
            if evidence.kills < kills { evidence.finishedRounds += 1 }
            try await finish(gateway, people)
            let outcome = try await Outcome.of(gateway)
            let orders = try await gateway.certway(["order", "list", "--limit", "200"]).output
            #expect(outcome == .complete(people), "kill seed \(seed), round \(round): \(outcome) \(orders)")
            print("round \(round): \(evidence)")
        }
        #expect(evidence.kills >= kills)
        // Three seeds of the usual size, on a machine that was busy with other things, gave 39 to 40 of 40 kills, six stages and
        // 29 to 103 certificates: a run that is far below did not do what it is here for.
        #expect(evidence.withOrdersAtCA * 5 >= evidence.kills * 4, "too few kills strike the work: \(evidence)")
        let inWork = ["planned", "keyed", "submitted", "pending", "issued", "delivered"]
        #expect(inWork.filter { evidence.stages[$0] != nil }.count >= 4, "orders stood in too few stages: \(evidence)")
        #expect(
            evidence.activatedByKilledRuns >= (TestSize.isFull ? people : people / 2),
            "the undisturbed end did the work: \(evidence)")
        #expect(!TestSize.isFull || evidence.finishedRounds > 0, "no round was finished between kills: \(evidence)")
    }

    private func gateway(_ people: Int, round: Int) async throws -> GatewayUnderTest {
        try await GatewayUnderTest(
            sandbox: SandboxProcess([
                "--users", "\(people)", "--hostile", "--seed", "\(round + 1)", "--only", "tenant", "--only",
                "digicert-certcentral",
            ]))
    }

    /// Undisturbed passes until everybody is done.
    private func finish(_ gateway: GatewayUnderTest, _ people: Int) async throws {
        for _ in 0..<5 where try await gateway.finish().json["orders"]?["active"]?.int == people { break }
    }
}
