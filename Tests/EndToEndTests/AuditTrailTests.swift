// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// What an administrator does leaves its records, and nothing else does.
@Suite(.timeLimit(.minutes(15))) struct AuditTrailTests {
    @Test func anAdministratorsDay() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "2"])) {
            $0.replacing("ordersPerRun: 100000", with: "ordersPerRun: 1")
        }
        let folder = gateway.folder.path
        func words(after number: Int) async throws -> [String] {
            try await records(gateway, after: number).compactMap { $0["action"]?.string }
        }
        let applied = try await records(gateway, after: 0)
        #expect(!applied.isEmpty && applied.allSatisfy { $0["action"] == "apply.configuration" })
        #expect(applied.allSatisfy { $0["origin"] == "certway apply" && $0["actorKind"] == "person" })
        var seen = applied.count

        // Looking leaves nothing, and neither does what is only tried.
        for look in [["plan"], ["order", "list"], ["doctor"], ["apply", "-f", gateway.configuration, "--dry-run"]] {
            try await gateway.certway(look)
        }
        try await gateway.reconfigure { $0 }
        #expect(try await words(after: seen) == [])

        try #require(try await gateway.certway(["plan", "approve"]).status == 0)
        try await gateway.finish()
        let placed = try await records(gateway, after: seen)
        #expect(placed.map { $0["action"] } == ["approve.plan", "place.order", "place.order"])
        #expect(placed.map { $0["actorKind"] } == ["person", "planner", "planner"])
        seen += placed.count

        let certificate = try #require(
            await gateway.certway(["certificate", "list", "--output", "json"]).json.array?.first)
        let serial = try #require(certificate["serialNumber"]?.string)
        let order = "\(try #require(certificate["orderID"]?.int))"
        let revoke = ["certificate", "revoke", serial, "--reason", "superseded", "--because", "ticket 4711"]
        try await gateway.certway(revoke + ["--dry-run"])
        try #require(try await gateway.certway(revoke + ["--in", "1h"]).status == 0)
        try #require(try await gateway.certway(["certificate", "undo-revocation", serial]).status == 0)
        try #require(try await gateway.certway(revoke).status == 0)
        try await gateway.finish(within: 20)
        let revoked = try await records(gateway, after: seen)
        #expect(
            revoked.map { $0["action"] } == [
                "revoke.certificate", "undo.revocation", "revoke.certificate", "take.revocation",
            ])
        #expect(revoked.allSatisfy { $0["object"]?.string == serial })
        #expect(revoked[0]["reason"] == "ticket 4711")
        #expect(revoked.map { $0["actorKind"] } == ["person", "person", "person", "service"])
        seen += revoked.count

        try gateway.folder.write("correct horse battery\n", to: "password")
        let recover = [
            "key", "recover", serial, "--purpose", "ticket 4712", "--agent-certificate", "\(folder)/kra.pem",
            "--password", "file:\(folder)/password", "--out", "\(folder)/key.pfx", "--agent-key",
        ]
        #expect(try await gateway.certway(recover + ["\(folder)/no.key"]).status != 0)
        #expect(try await gateway.certway(recover + ["\(folder)/kra.key"]).status == 0)
        #expect(try await gateway.certway(["order", "cancel", order]).status != 0)
        #expect(try await gateway.certway(["order", "again", order]).status == 0)
        #expect(try await gateway.certway(["order", "cancel", "3"]).status == 0)
        let rest = try await records(gateway, after: seen)
        #expect(
            rest.map { [$0["action"], $0["outcome"]] } == [
                ["recover.key", "refused"], ["recover.key", "done"], ["cancel.order", "refused"],
                ["place.order", "done"], ["cancel.order", "done"],
            ])
        #expect(rest.allSatisfy { $0["actorKind"] == "person" && $0["person"] == certificate["userPrincipalName"] })
        #expect(rest[0]["reason"]?.string?.hasPrefix("ticket 4712; ") == true)

        // The whole of it, by somebody who shares nothing with the gateway.
        let export = "\(folder)/export.jsonl"
        try #require(try await gateway.certway(["audit", "export", "--out", export]).status == 0)
        let verdict = try JSONValue(parsing: try await Tool.run(["python3", Self.judge, export]))
        #expect(verdict["faults"] == [] && verdict["last"]?.int == seen + rest.count)
        let text = try String(contentsOfFile: export, encoding: .utf8)
        let secret = try String(contentsOfFile: "\(folder)/client-secret", encoding: .utf8)
        #expect(!text.contains(secret) && !text.contains("correct horse"))
        let verified = try await gateway.certway(["audit", "verify", "--against", export, "--output", "json"])
        #expect(verified.status == 0)
        #expect(try verified.json["unbroken"] == true && verified.json["compared"]?.int == seen + rest.count)
    }

    @Test(.onlySQLite("edits the file by sqlite3")) func whoeverChangesTheDatabaseIsFoundOut() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "1"]))
        let folder = gateway.folder.path
        let backup = "\(folder)/backup.db"
        #expect(try await gateway.certway(["backup", backup]).status == 0)
        try await gateway.finish()
        #expect(try await gateway.certway(["audit", "export", "--out", "\(folder)/export.jsonl"]).status == 0)
        let all = try await records(gateway, after: 0)
        let last = try #require(all.last?["number"]?.int)
        #expect(all.contains { $0["action"] == "backup.store" })

        func tamper(_ sql: String) async throws {
            _ = try await Tool.run([
                "python3", "-c",
                "import sqlite3, sys\nd = sqlite3.connect(sys.argv[1])\nd.executescript(sys.argv[2])\nd.commit()",
                gateway.database,
                "DROP TRIGGER IF EXISTS audit_records_no_update; DROP TRIGGER IF EXISTS audit_records_no_delete; \(sql)",
            ])
        }
        // Cut at its end, and the counter with it: the chain alone does not tell.
        try await tamper(
            "DELETE FROM audit_records WHERE number = \(last); UPDATE id_sequences SET last_id = \(last - 1) WHERE name = 'audit_records'"
        )
        let cut = try await gateway.certway(["audit", "verify", "--output", "json"])
        #expect(cut.status == 1)
        #expect(try cut.json["findings"]?[0]?["kind"] == "cut" && cut.json["findings"]?[0]?["number"]?.int == last)
        #expect(try await gateway.certway(["doctor"]).output.contains("the audit trail ends with record \(last - 1)"))
        // By the export alone, too.
        let other = try await gateway.certway(["audit", "verify", "--against", "\(folder)/export.jsonl"])
        #expect(other.status == 1 && other.errors.contains("is not in the chain any more"), "\(other.errors)")
        // A person has looked; that stands there from now on.
        #expect(try await gateway.certway(["audit", "verify", "--accept"]).status == 0)
        #expect(try await gateway.certway(["audit", "verify"]).status == 0)
        #expect(try await records(gateway, after: last - 1).map { $0["action"] } == ["accept.trail"])

        try await tamper("UPDATE audit_records SET actor = 'eve' WHERE number = 2")
        let edited = try await gateway.certway(["audit", "verify"])
        #expect(edited.status == 1 && edited.errors.contains("record 2 was changed"), "\(edited.errors)")

        // A backup that is put back says so, and its trail goes on.
        #expect(try await gateway.certway(["restore", backup]).status == 0)
        #expect(try await gateway.certway(["audit", "verify"]).status == 0)
        let restored = try await records(gateway, after: 0)
        #expect(restored.last?["action"] == "restore.store" && restored.count < all.count)
        #expect(restored.last?["before"]?["auditTrailKnownTo"]?["number"]?.int ?? 0 >= last)
        #expect(try await gateway.certway(["audit", "verify", "--against", "\(folder)/export.jsonl"]).status == 1)
    }

    /// Killed at any moment: what is on record happened, and what happened is on record.
    @Test func recordsAndOrdersAgreeAfterKills() async throws {
        let gateway = try await GatewayUnderTest(sandbox: SandboxProcess(["--users", "6"]))
        for boundary in ["planned", "keyed", "answered", "deliveryCommitted"] {
            _ = try await gateway.certway(["run", "--once"], environment: ["CERTWAY_KILL_AT": boundary])
        }
        try await gateway.finish()
        let orders = try await gateway.certway(["order", "list", "--all", "--output", "json"]).json.array ?? []
        let placed = try await records(gateway, after: 0).filter { $0["action"] == "place.order" }
        #expect(Set(placed.compactMap { $0["object"]?.string }) == Set(orders.compactMap { $0["reference"]?.string }))
        #expect(placed.count == orders.count && orders.count == 6)
        #expect(try await gateway.certway(["audit", "verify"]).status == 0)
    }

    /// Each command is known here: as one that only looks, or by what it leaves in the trail. A new one has to be put into one of them.
    @Test func everyCommandThatChangesSomethingHasItsWords() async throws {
        let commands = try await HelpExamples("certway").commands
        let known = Set(Self.recorded.keys).union(Self.looking)
        #expect(Set(commands).subtracting(known).sorted() == [], "say what these leave in the audit trail")
        #expect(known.subtracting(commands).sorted() == [], "these are no commands")
        let manual = try String(
            contentsOfFile: BuiltPrograms.repository + "/docs/manual/audit.md", encoding: .utf8)
        let words = Set(manual.matches(of: /\n\| `([a-z]+\.[a-zA-Z]+)` \|/).map { String($0.1) })
        let used = Set(Self.recorded.values.joined()).union(Self.byItself)
        #expect(used.subtracting(words).sorted() == [], "these are no words of the trail")
        #expect(words.subtracting(used).sorted() == [], "nothing leaves these")
    }

    private static let recorded: [String: [String]] = [
        "job run": ["run.job"], "job pause": ["pause.job"], "job resume": ["resume.job"],
        "restore declare": ["restore.store"],
        "apply": ["apply.configuration", "hold.order"], "plan approve": ["approve.plan"],
        "template switch-ca": ["apply.configuration"],
        "run": ["place.order", "renew.order", "replace.order", "withdraw.order", "approve.plan"],
        "serve": ["place.order", "renew.order", "replace.order", "withdraw.order"],
        "incident start": ["start.incident"], "incident pause": ["change.incident"],
        "incident resume": ["change.incident"], "incident cancel": ["change.incident"],
        "incident change": ["change.incident"], "order retry": ["retry.order", "find.order", "miss.order"],
        "order again": ["place.order"], "enroll": ["place.order", "replace.order", "grant.exception"],
        "exception add": ["grant.exception"], "exception end": ["end.exception"],
        "request submit": ["submit.request", "place.order"], "request approve": ["approve.request", "place.order"],
        "request deny": ["deny.request"], "request withdraw": ["withdraw.request"],
        "order cancel": ["cancel.order"], "order resend-mail": ["mail.order"], "order remind": ["mail.order"],
        "certificate revoke": ["revoke.certificate", "notice.compromise", "retry.revocation"],
        "certificate undo-revocation": ["undo.revocation"],
        "certificate withdraw": ["withdraw.certificate", "replace.order"],
        "key recover": ["recover.key", "export.key"], "audit verify": ["accept.trail"],
        "backup": ["backup.store"], "restore": ["restore.store"], "restore accept": ["accept.restore"],
        "store migrate": ["migrate.store"], "store copy": ["copy.store"],
        "ca chain confirm": ["confirm.issuer"], "ca create": ["create.ca"], "ca crl": ["publish.crl"],
        "ca root-crl": ["publish.crl", "revoke.ca"],
        "token create": ["create.token"], "token bootstrap": ["create.token"], "token revoke": ["revoke.token"],
        "adopt": ["adopt.certificate"], "request revoke": ["revoke.certificate"], "handover offer": ["offer.package"],
        "handover mail": ["offer.package"],
        "handover withdraw": ["end.package"],
        "drift repair": ["notice.revocation", "withdraw.certificate", "redeliver.key"],
        "key recovery request": ["request.recovery"], "key recovery approve": ["approve.recovery"],
        "key recovery deny": ["deny.recovery"], "key recovery fetch": ["recover.key", "fetch.package"],
        "key recovery password": ["fetch.package"], "key drill": ["drill.key"], "key rewrap": ["rewrap.key"],
        "key redeliver": ["redeliver.key"], "mailbox release": ["release.mailbox"],
        "notification test": ["send.notice"], "notification send-again": ["send.notice"],
        "publication repair": ["repair.publication"], "setup": ["apply.configuration"],
        "ca revoke": ["revoke.ca"], "ca conformance": ["prove.ca"], "ca renew": ["renew.ca"],
        "ca retire": ["retire.ca"],
    ]

    /// What comes from elsewhere, and what only the API has a way to.
    private static let byItself: Set = [
        "take.revocation", "take.withdrawal", "notice.revocation", "notice.hold", "notice.release", "notice.deletion",
        "notice.issuer", "deny.access", "deny.plan",
        "end.package", "lapse.recovery", "notice.publication", "publish.certificate", "unpublish.certificate", "try.ca",
        "release.order", "undo.withdrawal", "retry.withdrawal", "run.job", "pause.job", "resume.job", "begin.session",
        "refuse.session", "end.session", "export.list",
    ]

    /// Those that look, and those that work on something of their own.
    private static let looking: Set = [
        "job list",
        "delivery check", "delivery show", "drift kinds", "drift report", "handover list", "key history",
        "key recovery list", "key recovery show", "mailbox list",
        "mailbox show", "notification list", "notification pending", "notification preview", "notification show",
        "publication check", "publication list", "publication script", "publication status",
        "incident show", "incident list", "incident report", "incident drill", "demo", "simulate", "plan", "export",
        "doctor", "why", "find", "request list", "request show", "request fetch", "cost", "connector list",
        "connector show",
        "connector validate", "connector new", "connector reference",
        "ca list", "ca check", "ca chain list", "ca products", "template list", "template show",
        "template preview",
        "rules list", "rules check", "exception list", "order list", "order waiting", "order show", "order validation",
        "certificate list",
        "certificate show", "key list", "key show", "key attempts", "key agents", "people list", "node list",
        "audit list",
        "audit show", "audit export", "token list", "restore list", "store status", "store check",
    ]

    private static let judge = BuiltPrograms.repository + "/Tests/RecordsTests/chain-judge.py"

    private func records(_ gateway: GatewayUnderTest, after number: Int) async throws -> [JSONValue] {
        let list = try await gateway.certway(["audit", "list", "--all", "--sort", "number", "--output", "json"])
        return (try list.json.array ?? []).filter { $0["number"]?.int ?? 0 > number }
    }
}
