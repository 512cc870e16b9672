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

    /// A list that lacks half of everything may be that of another tenant: it is believed when it says the same a day later, and even then
    /// nothing is bought for all without consent.
    @Test func halfOfAllDeletedInIntuneIsLookedAtTwice() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "6", "--only", "tenant", "--only", "digicert-certcentral"]),
            keyType: "p256", connector: "digicert-certcentral"
        ) { $0.replacing("    key: p256", with: "    key: p256\n    onDeletedInIntune: reorder") }
        try await gateway.finish()
        let held =
            try await gateway.sandbox.control("/control/pfx")["pfx"]?.array?.compactMap { $0["id"]?.string } ?? []
        try #require(held.count == 6)
        for id in held.prefix(5) { try await gateway.deletePFX(id) }
        let clock = try await GatewayClock()
        var seconds = 0
        func run(after more: Int) async throws -> Run {
            seconds += more
            try await gateway.sandbox.advance(seconds: more)
            return try await gateway.certway(["run", "--once", "--wait", "10"], environment: clock.moved(by: seconds))
        }
        for more in [2 * 86_400, 60, 7200] {
            let run = try await run(after: more)
            #expect(run.status == 4 && run.errors.contains("lacks 5 of 6 PFX records"), "\(more): \(run.errors)")
            #expect(try await gateway.stages() == ["active": 6])
        }
        let believed = try await run(after: 86_400)
        #expect(believed.errors.contains("somebody has deleted it there"), "\(believed.errors)")
        let waits = try await run(after: 60)
        #expect(waits.errors.contains("half of those in use or more"), "\(waits.errors)")
        #expect(try await gateway.stages() == ["active": 6])
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 6)
    }

    /// An account deleted by mistake for a day: nothing is taken, and the daily look at Intune finds everything where it was.
    @Test func nothingIsTakenInTheGraceOfADeletedAccount() async throws {
        let scene = try await RevocationScene("digicert-certcentral") {
            $0.replacing("    key: p256", with: "    key: p256\n    keyHistory: 365d")
        }
        let sandbox = scene.gateway.sandbox
        let before = try await records(scene)
        let people = try await scene.gateway.certway(["people", "list", "--all", "--output", "json"]).json
        let person = try #require(people["people"]?[0]?["userPrincipalName"]?.string, "\(people.text)")
        let id = try #require(
            try await sandbox.control("/control/people")["people"]?.array?.first {
                $0["userPrincipalName"]?.string == person
            }?["id"]?.string)
        func act(_ action: String) async throws {
            try await sandbox.control(
                "/control/people", method: "POST",
                body: JSONValue.object(["action": .string(action), "person": .string(id)]).text)
        }
        try await act("delete")
        let clock = try await GatewayClock()
        var seconds = 0
        for step in [0, 90_000, 3600] {
            seconds += step
            try await sandbox.advance(seconds: step)
            if step == 3600 {
                try await act("restore")
                try await act("join")
            }
            let run = try await scene.gateway.certway(
                ["run", "--once", "--wait", "20"], environment: clock.moved(by: seconds))
            #expect(run.status == 0 && !run.errors.contains("no longer in Intune"), "\(run.errors)")
            #expect(try await records(scene) == before)
        }
        #expect(try await scene.gateway.stages() == ["active": 2])
        #expect(try await sandbox.orders("digicert-certcentral").count == 2)
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

    /// A hold can end: nothing ends here by it, and whoever looks for the person is told, as long as it lasts.
    @Test func onHoldAtTheCA() async throws {
        let scene = try await RevocationScene("ejbca")
        let sandbox = scene.gateway.sandbox
        let clock = try await GatewayClock()
        let certificate = try #require(
            try await scene.gateway.certway(["certificate", "list", "--output", "json"]).json[0])
        let (serial, person) = (
            certificate["serialNumber"]?.string ?? "", certificate["userPrincipalName"]?.string ?? ""
        )
        let order = try #require(
            try await sandbox.orders("ejbca").first {
                $0["certificates"]?[0]?["serialNumber"]?.string?.lowercased() == serial.lowercased()
            }?["id"]?.string)
        func decide(_ body: String) async throws {
            try await sandbox.control("/control/cas/ejbca/orders/\(order)", method: "POST", body: body)
        }
        func run(after days: Int) async throws -> Run {
            try await sandbox.advance(seconds: 2 * 86_400)
            return try await scene.gateway.certway(
                ["run", "--once"], environment: clock.moved(by: days * 86_400))
        }
        try await decide(#"{"decision": "revoke", "reason": 6}"#)
        let held = try await run(after: 2)
        #expect(held.errors.contains("\(serial) is on hold at the CA"), "\(held.errors)")
        #expect(try await scene.gateway.stages()["revoked"] == nil)
        #expect(try await scene.gateway.certway(["why", person]).output.contains("is on hold at the CA"))
        // Said once, not every day.
        #expect(try await !run(after: 4).errors.contains("on hold"))
        try await decide(#"{"decision": "release"}"#)
        let ended = try await run(after: 6)
        #expect(ended.errors.contains("\(serial) is no longer on hold at the CA"), "\(ended.errors)")
    }
}
