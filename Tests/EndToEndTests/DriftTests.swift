// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Drift
import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Others change what a gateway has made, at the CA, in Intune, in the directory and in the address list: each difference is found at whom
/// it was seeded, named, and what can be mended is.
@Suite(.timeLimit(.minutes(10))) struct DriftTests {
    /// Where the sandbox's last mile has a door: its word, and what is to be found.
    private static let lastMile: [(word: String, kind: DriftKind)] = [
        ("recordDeleted", .recordDeleted), ("otherThumbprint", .recordOfAnotherCertificate),
        ("otherSignInName", .recordNameDiffers),
        ("wrongDates", .recordDatesDiffer), ("wrongPurpose", .recordPurposeDiffers),
        ("oldKeyStartsLater", .recordStartsLater), ("otherProvider", .recordProviderDiffers),
        ("otherKeyName", .recordKeyNameDiffers), ("otherPadding", .recordPaddingDiffers),
        // Comes last: the other record is with one of those before.
        ("recordTwice", .recordUnderAnother),
    ]

    /// Mended at once, or by the pass that follows.
    private static let mendable: [DriftKind] = [
        .recordDeleted, .recordOfAnotherCertificate, .recordUnderAnother, .recordNameDiffers, .recordDatesDiffer,
        .recordPurposeDiffers, .recordProviderDiffers, .recordKeyNameDiffers, .recordPaddingDiffers,
        .revokedAtAuthority, .unknownAtAuthority, .personRenamed,
    ]

    @Test func twentyKindsAreFoundNamedAndMended() async throws {
        let sandbox = try await SandboxProcess([
            "--users", "20", "--only", "tenant", "--only", "digicert-certcentral", "--instant",
        ])
        var names =
            try await sandbox.control("/control/people")["people"]?.array?.compactMap {
                $0["userPrincipalName"]?.string
            } ?? []
        try #require(names.count == 20)
        // Of one person another product has ordered a certificate.
        let newcomer = names.removeLast()
        try await change(names.map { ("leave", $0) }, sandbox)
        let former = try await gateway(sandbox)
        try await former.finish()
        try await change([("leave", newcomer)] + names.map { ("join", $0) }, sandbox)
        let gateway = try await gateway(sandbox)
        try await gateway.finish()
        let certificates = try await certificates(gateway)
        try #require(Set(certificates.keys) == Set(names), "\(certificates.keys)")

        let quiet = try await report(gateway)
        // What is mastered on premises cannot be published there, and Intune has what the other product has delivered.
        let known: Set<DriftKind> = [.unknownAtAuthority, .recordUnknown, .notPublished]
        #expect(Set(kinds(quiet)).isSubset(of: known), "\(quiet)")
        #expect(
            quiet["places"]?.array?.allSatisfy { $0["compared"] == true || $0["possible"] == false } == true, "\(quiet)"
        )

        let seeded = try await seed(names, newcomer, certificates, gateway)
        let found = try await report(gateway)
        let findings = found["findings"]?.array ?? []
        for (kind, name) in seeded {
            let own = findings.first { $0["kind"]?.string == kind.rawValue && $0["userPrincipalName"]?.string == name }
            let one = own ?? (name == nil ? findings.first { $0["kind"]?.string == kind.rawValue } : nil)
            #expect(one?["sentence"]?.string == DriftRule.of(kind).sentence, "\(kind) at \(name ?? "anybody")")
            #expect(one?["cause"]?.string == DriftRule.of(kind).cause)
        }
        #expect(Set(seeded.map(\.0)).count >= 20)
        #expect(Set(kinds(found)) == Set(seeded.map(\.0)).union(known), "\(Set(kinds(found)))")

        // Whoever asks later is shown the same, and of it what is asked for.
        let last = try await gateway.certway(["drift", "report", "--last", "--output", "json"])
        #expect(try last.json["total"] == found["total"] && last.json["readAt"] == found["readAt"], "\(last.errors)")
        let part = try await gateway.certway(
            ["drift", "report", "--last", "--kind", "recordDeleted", "--output", "json"])
        #expect(try part.json["total"] == 1 && part.json["findings"]?.array?.count == 1, "\(part.output)")

        // A look changes nothing.
        let before = try await sandbox.control("/control/pfx")["pfx"]
        let words = Self.mendable.map(\.rawValue).joined(separator: ",")
        let looked = try await gateway.certway(
            ["drift", "repair", "--kind", words, "--dry-run", "--output", "json"])
        #expect(
            try looked.json["would"]?.int == looked.json["total"]?.int && looked.json["mended"] == 0, "\(looked.output)"
        )
        #expect(try await sandbox.control("/control/pfx")["pfx"] == before)
        let nothing = try await gateway.certway(["drift", "repair"])
        #expect(nothing.status == 2 && nothing.errors.contains("nothing is named"), "\(nothing.errors)")
        let mistyped = try await gateway.certway(["drift", "repair", "--id", "zzz", "--kind", "revokedAtAuthority"])
        #expect(mistyped.status == 2 && mistyped.errors.contains("no difference zzz"), "\(mistyped.errors)")
        // Whoever is away has a grace: nothing is to be mended, and nobody says so.
        let away = findings.filter { ["personLeft", "personDisabled"].contains($0["kind"]?.string) }
        #expect(away.count == 2 && away.allSatisfy { $0["repair"] == "wait" }, "\(away)")
        // What the report advises can be typed as it stands there.
        let told = try await gateway.certway(["drift", "report", "--source", "revocation", "--fail-on", "danger"])
        #expect(told.status == 1 && told.output.contains("'certway drift repair --kind revokedAtAuthority --dry-run'"))
        #expect(told.output.contains("not asked for: the lists of the CAs"), "\(told.output)")

        let total = try looked.json["total"]?.int ?? 0
        let other = try await gateway.certway(["drift", "repair", "--kind", words, "--expect", "\(total + 1)"])
        #expect(other.status != 0 && other.errors.contains("nothing was done"), "\(other.errors)")

        let done = try await gateway.certway([
            "drift", "repair", "--kind", words, "--expect", "\(total)", "--output", "json",
        ])
        #expect(try done.json["left"] == 0, "\(done.output)\(done.errors)")
        _ = try await gateway.certway(["publication", "repair"])
        try await gateway.finish()
        let after = try await report(gateway)
        #expect(Set(kinds(after)).isDisjoint(with: Self.mendable), "\(after)")
        // Whoever's record was wrong has another certificate, once, and what was adopted is looked after.
        let now = try await self.certificates(gateway)
        #expect(now[newcomer] != nil)
        let again = seeded.filter { DriftRule.of($0.0).repair == .deliverAgain }.compactMap(\.1)
        for name in again {
            #expect(now[name] != nil && now[name]?["serialNumber"] != certificates[name]?["serialNumber"], "\(name)")
        }
        #expect(try await sandbox.orders("digicert-certcentral").count == 20 + again.count + 1)
        let trail = try await gateway.certway(["audit", "list", "--all", "--output", "json"])
        #expect(trail.output.contains("found by the drift report"))
        #expect(try await gateway.certway(["audit", "verify"]).status == 0)
    }

    /// A service that does not answer is not compared, and nothing is missing because of it.
    @Test func whatCannotBeReadIsNotEmpty() async throws {
        let sandbox = try await SandboxProcess([
            "--users", "2", "--only", "tenant", "--only", "digicert-certcentral", "--instant",
        ])
        let gateway = try await gateway(sandbox)
        try await gateway.finish()
        try await sandbox.order("status", of: "intune.list", count: 50, ["status": 403])
        let run = try await gateway.certway(["drift", "report", "--source", "intune", "--output", "json"])
        #expect(run.status == 4 && run.errors.contains("not compared: imported PFX in Intune"), "\(run.errors)")
        #expect(try run.json["total"] == 0 && run.json["whole"] == false, "\(run.output)")
    }

    /// A person was wrong who said that no certificate of it is in force.
    @Test func whatTheCAHasOfAnOrderThatWasGivenUpIsFound() async throws {
        let sandbox = try await SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"])
        let gateway = try await GatewayUnderTest(sandbox: sandbox)
        try await sandbox.set("digicert-certcentral", ["manualApproval": true])
        try await gateway.pass { try await gateway.stages() == ["pending": 1] }
        let order =
            try await gateway.certway(["order", "list", "--output", "json"]).json[0]?["reference"]?.string ?? ""
        let cancelled = try await gateway.certway(["order", "cancel", order, "--absent"])
        try #require(cancelled.status == 0, "\(cancelled.errors)")
        func found() async throws -> [JSONValue] {
            try await gateway.certway(["drift", "report", "--source", "authority", "--output", "json"]).json[
                "findings"]?.array ?? []
        }
        #expect(try await found().allSatisfy { $0["kind"] != "issuedAfterEnd" })
        try await sandbox.control(
            "/control/cas/digicert-certcentral/orders/all", method: "POST", body: #"{"decision": "approve"}"#)
        let all = try await found()
        let findings = all.filter { $0["kind"] == "issuedAfterEnd" }
        #expect(findings.count == 1 && findings[0].text.contains("order \(order) has ended here"), "\(all)")
        // Taken over from a file, it would be without the key that the order has.
        let pem = try await sandbox.orders("digicert-certcentral").first?["certificates"]?[0]?["pem"]?.string ?? ""
        let adopted = try await gateway.certway([
            "adopt", "--certificates", try gateway.folder.write(pem, to: "export.pem"), "--dry-run", "--output", "json",
        ])
        #expect(adopted.output.contains("for the key of order \(order)"), "\(adopted.output) \(adopted.errors)")
        // What it says is to be done does it, and nothing is bought.
        let remedy = try #require(findings.first?["remedy"]?.string?.split(separator: "'").first).split(separator: " ")
        let retried = try await gateway.certway(remedy.dropFirst().map(String.init))
        try #require(retried.status == 0, "\(retried.errors)")
        try await gateway.finish()
        #expect(try await gateway.stages() == ["active": 1])
        #expect(try await sandbox.orders("digicert-certcentral").count == 1)
    }

    /// - Returns: what is to be found, at whom; nil for anybody.
    private func seed(
        _ names: [String], _ newcomer: String, _ certificates: [String: JSONValue], _ gateway: GatewayUnderTest
    ) async throws -> [(DriftKind, String?)] {
        let sandbox = gateway.sandbox
        var free = names
        var seeded: [(DriftKind, String?)] = [(.recordUnknown, nil), (.unknownAtAuthority, nil), (.notPublished, nil)]
        for (word, kind) in Self.lastMile {
            let name = free.removeFirst()
            let body: JSONValue = ["fault": .string(word), "userPrincipalName": .string(name)]
            try await sandbox.control("/control/last-mile", method: "POST", body: body.text)
            // The other record is under somebody else's name.
            seeded.append((kind, kind == .recordUnderAnother ? nil : name))
        }
        let people: [(String, DriftKind)] = [
            ("delete", .personDeleted), ("disable", .personDisabled), ("leave", .personLeft),
        ]
        for (action, kind) in people {
            let name = free.removeFirst()
            try await change([(action, name)], sandbox)
            seeded.append((kind, name))
        }
        let renamed = free.removeFirst()
        let address = "renamed@sandbox.example"
        let other: JSONValue = [
            "action": "change", "person": .string(renamed),
            "properties": ["mail": .string(address), "proxyAddresses": [.string("SMTP:\(address)")]],
        ]
        try await sandbox.control("/control/people", method: "POST", body: other.text)
        seeded.append((.personRenamed, renamed))
        try await change([("join", newcomer)], sandbox)

        let revoked = free.removeFirst()
        let reference = certificates[revoked]?["orderID"]
        let orders = try await gateway.certway(["order", "list", "--all", "--output", "json"]).json.array ?? []
        let request = try #require(orders.first { $0["id"] == reference }?["caRequestID"]?.string)
        try await sandbox.control(
            "/control/cas/digicert-certcentral/orders/\(request)", method: "POST", body: #"{"decision":"revoke"}"#)
        seeded.append((.revokedAtAuthority, revoked))

        // Somebody puts one person's certificate into the entries of two others.
        let strange = try await gateway.certway(
            ["certificate", "show", certificates[free[0]]?["serialNumber"]?.string ?? "", "--output", "json"])
        let pem = try strange.json["chain"]?[0]?.string ?? strange.json["pem"]?.string ?? ""
        let der = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        let entry: JSONValue = ["mailbox": .string(free[1]), "userCertificate": [.string(der)]]
        try await sandbox.control("/control/mailboxes", method: "POST", body: entry.text)
        seeded.append((.strangerPublished, free[0]))

        // An agent more, who opens nothing of what is archived.
        let made = try await Run.tool(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(gateway.folder.path)/second.key", "-out",
                "\(gateway.folder.path)/second.pem", "-subj", "/CN=Second Agent", "-days", "3650", "-addext",
                "keyUsage=keyEncipherment",
            ])
        try #require(made.status == 0, "\(made.errors)")
        try await gateway.reconfigure {
            $0.replacing(
                "keyRecoveryAgents: [{",
                with: "keyRecoveryAgents: [{name: second, certificate: \(gateway.folder.path)/second.pem}, {"
            ).replacing("keyRecoveryAgents: [agent]", with: "keyRecoveryAgents: [agent, second]")
        }
        seeded.append((.archivedForOthers, free[0]))
        return seeded
    }

    private func gateway(_ sandbox: SandboxProcess) async throws -> GatewayUnderTest {
        try await GatewayUnderTest(sandbox: sandbox) { yaml in
            yaml.replacing("tenant: {", with: "tenant: {exchange: \"\(sandbox.text("tenant", "exchange"))\", ")
                .replacing(
                    "templates:\n",
                    with: "directories: [{name: address-list, kind: exchange, form: base64}]\ntemplates:\n"
                )
                .replacing("    backendCA: ca\n", with: "    backendCA: ca\n    publish: [address-list]\n")
        }
    }

    private func change(_ changes: [(String, String)], _ sandbox: SandboxProcess) async throws {
        let body: JSONValue = [
            "changes": .array(changes.map { ["action": .string($0.0), "person": .string($0.1)] })
        ]
        try await sandbox.control("/control/people", method: "POST", body: body.text)
    }

    /// The certificates in use, by their people.
    private func certificates(_ gateway: GatewayUnderTest) async throws -> [String: JSONValue] {
        let all = try await gateway.certway(["certificate", "list", "--all", "--output", "json"]).json.array ?? []
        return Dictionary(
            all.filter { $0["status"] == "active" }.map { ($0["userPrincipalName"]?.string ?? "", $0) },
            uniquingKeysWith: { $1 })
    }

    private func report(_ gateway: GatewayUnderTest) async throws -> JSONValue {
        let run = try await gateway.certway(["drift", "report", "--output", "json"])
        // Who is deleted has no entry that could be read.
        try #require([0, 4].contains(run.status), "\(run.errors)")
        return try run.json
    }

    private func kinds(_ report: JSONValue) -> [DriftKind] {
        (report["kinds"]?.array ?? []).compactMap { $0["kind"]?.string.flatMap(DriftKind.init) }
    }
}
