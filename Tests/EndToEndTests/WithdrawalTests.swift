// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Certificates that go from Intune.
@Suite(.timeLimit(.minutes(5))) struct WithdrawalTests {
    private func records(_ scene: RevocationScene) async throws -> [String] {
        try await scene.gateway.sandbox.control("/control/pfx")["pfx"]?.array?.compactMap { $0["id"]?.string } ?? []
    }

    private func withdraw(_ scene: RevocationScene, _ more: [String] = []) async throws -> Run {
        try await scene.gateway.certway(
            ["certificate", "withdraw", scene.serial, "--because", "wrong profile"] + more)
    }

    @Test(arguments: ["", "beforeWithdraw", "withdrawAnswered", "withdrawn"])
    func takenOutOfIntune(killedAt boundary: String) async throws {
        let scene = try await RevocationScene("digicert-certcentral")
        let before = try await records(scene)
        #expect(before.count == 2)
        #expect(try await withdraw(scene).status == 0)
        if !boundary.isEmpty {
            let killed = try await scene.gateway.certway(
                ["run", "--once"], environment: ["CERTWAY_KILL_AT": boundary])
            #expect(killed.wasKilled, "\(boundary) was not reached: \(killed.errors)")
        }
        try await scene.gateway.pass { try await scene.lamps("withdraw") == ["done", "taken", "seen"] }
        #expect(try await scene.lamps("withdraw") == ["done", "taken", "seen"])
        let after = try await records(scene)
        #expect(after.count == 1 && Set(after).isSubset(of: Set(before)))
        // The certificate stays what it is, and nobody orders another one.
        #expect(try await scene.gateway.stages() == ["active": 2])
        #expect(try await scene.gateway.sandbox.orders("digicert-certcentral").count == 2)
    }

    @Test func orderedAgainWhereThatIsAskedFor() async throws {
        let scene = try await RevocationScene("digicert-certcentral")
        let run = try await withdraw(scene, ["--order-again"])
        #expect(run.status == 0, "\(run.errors)")
        try await scene.gateway.finish(within: 30)
        #expect(try await scene.gateway.stages() == ["active": 2, "superseded": 1])
        #expect(try await scene.gateway.sandbox.orders("digicert-certcentral").count == 3)
        #expect(try await records(scene).count == 2)
    }

    /// Deleted by an administrator of the tenant: said once, and ordered anew only where the template says so.
    @Test(arguments: [false, true])
    func deletedByOthers(isReordered: Bool) async throws {
        let scene = try await RevocationScene("digicert-certcentral") {
            isReordered ? $0.replacing("    key: p256", with: "    key: p256\n    onDeletedInIntune: reorder") : $0
        }
        let clock = try await GatewayClock()
        let own = try await records(scene)
        try await scene.gateway.deletePFX(own[0])
        let later = clock.moved(by: 2 * 86_400)
        try await scene.gateway.sandbox.advance(seconds: 2 * 86_400)
        let run = try await scene.gateway.certway(["run", "--once", "--wait", "20"], environment: later)
        #expect(run.errors.contains("no longer in Intune"), "\(run.errors)")
        // The next plan decides what follows, within its limits.
        try await scene.gateway.certway(["run", "--once", "--wait", "20"], environment: later)
        #expect(
            try await scene.gateway.stages() == (isReordered ? ["active": 2, "superseded": 1] : ["active": 2]),
            "\(run.errors)")
        try await scene.gateway.sandbox.advance(seconds: 2 * 86_400)
        let again = try await scene.gateway.certway(
            ["run", "--once"], environment: clock.moved(by: 4 * 86_400))
        #expect(!again.errors.contains("no longer in Intune"))
    }

    /// Revoked at the CA by somebody there: the order ends here, too.
    @Test func revokedByOthers() async throws {
        let scene = try await RevocationScene("sectigo-scm")
        let clock = try await GatewayClock()
        try await scene.revokeAtCA()
        try await scene.gateway.sandbox.advance(seconds: 2 * 86_400)
        let run = try await scene.gateway.certway(
            ["run", "--once"], environment: clock.moved(by: 2 * 86_400))
        #expect(run.errors.contains("was revoked at the CA"), "\(run.errors)")
        #expect(try await scene.gateway.stages()["revoked"] == 1)
    }
}
