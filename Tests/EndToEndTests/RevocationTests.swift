// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Revocation and withdrawal from the wish to what everybody sees, judged by openssl.
@Suite(.timeLimit(.minutes(10))) struct RevocationTests {
    static let connectors = [
        "digicert-certcentral", "sectigo-scm", "globalsign-atlas", "ssl-com", "globaltrust", "ejbca", "swisssign",
    ]

    @Test(arguments: connectors)
    func revokedAtTheCAAndSeen(connector: String) async throws {
        let scene = try await RevocationScene(connector)
        let before = try await scene.openssl()
        #expect(before.verify.status == 0, "\(before.verify.errors)")
        #expect(before.responder.contains("good"), "\(before.responder)")
        let dry = try await scene.revoke(["--dry-run", "--output", "json"])
        #expect(dry.status == 0)
        #expect(try dry.json["certificates"] == 1)
        #expect(try dry.json["asked"] == 0)
        #expect(try await scene.lamps() == nil)
        let asked = try await scene.revoke()
        #expect(asked.status == 0, "\(asked.errors)")
        #expect(try await scene.lamps() == ["asked", nil, nil])
        try await scene.gateway.finish(within: 20)
        #expect(try await scene.lamps() == ["done", "taken", "seen"])
        let after = try await scene.openssl()
        #expect(after.list.status == 0 && after.list.errors.contains("verify OK"), "\(after.list.errors)")
        #expect(after.verify.status != 0 && after.verify.errors.contains("revoked"), "\(after.verify.errors)")
        #expect(after.responder.contains("revoked"), "\(after.responder)")
        // Once is enough, and the others stay.
        let calls = try await scene.revocations()
        try await scene.revoke()
        try await scene.gateway.finish(within: 5)
        #expect(try await scene.revocations() == calls)
        #expect(try await scene.gateway.stages() == ["active": 1, "revoked": 1])
        let shown = try await scene.gateway.certway(["certificate", "list", "--status", "revoked", "--output", "json"])
        #expect(try shown.json.array?.compactMap { $0["serialNumber"]?.string } == [scene.serial])
    }

    /// A wrong number, a reason that the CA does not take: refused at once, before anything is on record. The graver wish counts, what was
    /// done is said, and what lies in Intune goes although it is revoked. All of it while an agent's file is exchanged.
    @Test func anEmergency() async throws {
        let scene = try await RevocationScene("digicert-certcentral")
        let wrong = try await scene.revoke(["--accept", "3"])
        #expect(wrong.status == 4 && wrong.output.contains("--accept says 3, and it is 1 now"), "\(wrong.output)")
        let hold = try await scene.gateway.certway(
            ["certificate", "revoke", scene.serial, "--reason", "certificateHold", "--because", "try", "--dry-run"])
        #expect(hold.status == 2 && hold.errors.contains("it takes: unspecified, keyCompromise"), "\(hold.errors)")
        #expect(try await scene.lamps() == nil)
        let later = try await scene.gateway.certway(
            ["certificate", "revoke", scene.serial, "--reason", "superseded", "--because", "a new one", "--in", "2h"])
        #expect(later.status == 0, "\(later.errors)")
        let second = try await scene.revoke()
        #expect(second.status == 0 && second.output.contains("to be revoked: asked for"), "\(second.output)")
        let path = scene.gateway.folder.path("kra.pem")
        let agent = try String(contentsOfFile: path, encoding: .utf8)
        try agent.replacing("\n", with: "\r\n").write(toFile: path, atomically: false, encoding: .utf8)
        let run = try await scene.gateway.certway(["run", "--once"])
        #expect(
            run.status == 4 && run.errors.contains("holds something else than when it was applied"), "\(run.errors)")
        #expect(run.output.contains("1 certificate revoked"), "\(run.output)")
        #expect(run.errors.contains("reason keyCompromise: stolen"), "\(run.errors)")
        let undone = try await scene.gateway.certway(["certificate", "undo-revocation", scene.serial])
        #expect(undone.status == 1 && undone.errors.contains("revoked or expired already"), "\(undone.errors)")
        // Its key came to every new device else.
        #expect(run.output.contains("1 certificate taken out of Intune"), "\(run.output)")
        // Later, of what is revoked: the delay is that of what leaves.
        let noted = try await scene.revoke(["--in", "1h"])
        #expect(
            noted.output.contains("nothing to ask for; 1 key of what is revoked or over is on record")
                && !noted.output.contains("not before"), "\(noted.output)")
        #expect(try await scene.gateway.sandbox.control("/control/pfx")["pfx"]?.array?.count == 1)
    }

    /// A CA that cannot be asked: a person has to, everybody is told so, and it is noticed when it has happened.
    @Test func aCAThatCannotRevokeIsAPersonsJob() async throws {
        let scene = try await RevocationScene("adcs")
        try await scene.revoke()
        let run = try await scene.gateway.certway(["run", "--once"])
        #expect(run.status == 4 && (run.output + run.errors).contains("certutil"), "\(run.output) \(run.errors)")
        let show = try await scene.gateway.certway(["certificate", "show", scene.serial, "--output", "json"])
        #expect(try show.json["actions"]?.array?.first { $0["kind"] == "revoke" }?["held"] == true)
        let doctor = try await scene.gateway.certway(["doctor"])
        #expect(doctor.status == 4 && doctor.output.contains("certutil"), "\(doctor.output)")
        try await scene.revokeAtCA()
        let retried = try await scene.revoke(["--retry"])
        #expect(retried.status == 0, "\(retried.errors)")
    }

    /// Lost answers, pauses, limits, and somebody who was faster: it ends as revoked, with the reason.
    @Test(arguments: ["cut-after", "cut-before", "status", "throttle", "already"])
    func whateverGoesWrongOnTheWay(_ fault: String) async throws {
        // What an officer of the CA does there, DigiCert's sandbox does not have.
        let scene = try await RevocationScene(fault == "already" ? "sectigo-scm" : "digicert-certcentral")
        switch fault {
        case "already": try await scene.revokeAtCA()
        case "status": try await scene.gateway.sandbox.order("status", of: "digicert.revoke", ["status": 503])
        case "throttle": try await scene.gateway.sandbox.order("status", of: "digicert.revoke", ["status": 429])
        default: try await scene.gateway.sandbox.order(fault, of: "digicert.revoke")
        }
        try await scene.revoke()
        try await scene.gateway.pass { try await scene.lamps() == ["done", "taken", "seen"] }
        #expect(try await scene.lamps() == ["done", "taken", "seen"])
        #expect(try await scene.gateway.stages() == ["active": 1, "revoked": 1])
    }

    @Test(arguments: ["beforeRevoke", "revokeAnswered", "revoked", "beforeLook", "seen"])
    func killedBetweenAnyTwoLines(_ boundary: String) async throws {
        let scene = try await RevocationScene("digicert-certcentral")
        try await scene.revoke()
        let killed = try await scene.gateway.certway(["run", "--once"], environment: ["CERTWAY_KILL_AT": boundary])
        #expect(killed.wasKilled, "\(boundary) was not reached: \(killed.errors)")
        try await scene.gateway.pass { try await scene.lamps() == ["done", "taken", "seen"] }
        #expect(try await scene.lamps() == ["done", "taken", "seen"])
        #expect(try await scene.gateway.stages() == ["active": 1, "revoked": 1])
    }

    @Test func untilItsTimeItCanBeTakenBack() async throws {
        let scene = try await RevocationScene("digicert-certcentral")
        try await scene.revoke(["--in", "1h"])
        try await scene.gateway.finish(within: 3)
        #expect(try await scene.lamps() == ["asked", nil, nil])
        let undone = try await scene.gateway.certway(["certificate", "undo-revocation", scene.serial])
        #expect(undone.status == 0, "\(undone.errors)")
        #expect(try await scene.lamps() == ["undone", nil, nil])
        try await scene.revoke()
        try await scene.gateway.finish(within: 10)
        #expect(try await scene.lamps() == ["done", "taken", "seen"])
        _ = try await scene.gateway.certway(["certificate", "undo-revocation", scene.serial])
        #expect(try await scene.lamps() == ["done", "taken", "seen"], "what has left stays")
        let order = try await scene.gateway.certway(["order", "show", scene.reference]).output
        for kind in ["revocationAsked", "revocationUndone", "revoking", "revoked", "revocationSeen"] {
            #expect(order.contains(kind), "\(order)")
        }
    }

    /// Over the limit nothing is asked for without the number.
    @Test func manyNeedTheirNumber() async throws {
        let scene = try await RevocationScene("digicert-certcentral") {
            $0.replacing("limits: {", with: "limits: {endingsPerRun: 1, ")
        }
        let many = [
            "--backend-ca", "ca", "--issued-after", "2020-01-01", "--reason", "superseded", "--because", "weak keys",
        ]
        let run = try await scene.gateway.certway(["certificate", "revoke"] + many)
        #expect(run.status == 4 && run.output.contains("--accept 2"), "\(run.output)")
        #expect(try await scene.lamps() == nil)
        let wrong = try await scene.gateway.certway(["certificate", "revoke"] + many + ["--accept", "3"])
        #expect(wrong.status == 4)
        try scene.gateway.folder.write("# from the CA\n\(scene.serial)\n", to: "serials")
        let listed = try await scene.gateway.certway(
            ["certificate", "revoke"] + many
                + ["--serial-file", scene.gateway.folder.path("serials"), "--dry-run", "--output", "json"])
        #expect(try listed.json["certificates"] == 1, "\(listed.output)")
        let missing = try await scene.gateway.certway(
            ["certificate", "revoke"] + many + ["--missing", "email", "--dry-run", "--output", "json"])
        #expect(try missing.json["certificates"] == 0, "\(missing.output)")
        let soon = Date(timeIntervalSinceNow: 60).formatted(.iso8601)
        let later = try await scene.gateway.certway([
            "certificate", "revoke", "--issued-after", soon, "--because", "weak keys", "--dry-run", "--output", "json",
        ])
        #expect(try later.json["certificates"] == 0, "of a time not the day alone counts: \(later.output)")
        let noDay = try await scene.gateway.certway([
            "certificate", "revoke", "--issued-before", "2026-02-30", "--because", "weak keys", "--dry-run",
        ])
        #expect(noDay.status == 2 && noDay.errors.contains("--issued-before"), "\(noDay.status) \(noDay.errors)")
        let right = try await scene.gateway.certway(["certificate", "revoke"] + many + ["--accept", "2"])
        #expect(right.status == 0, "\(right.errors)")
        try await scene.gateway.finish(within: 20)
        #expect(try await scene.gateway.stages() == ["revoked": 2])
    }
}
