// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Certificates of shared mailboxes, and whose devices their keys are on (docs/decisions/0048).
@Suite(.timeLimit(.minutes(5))) struct SharedMailboxTests {
    /// One order and three deliveries; one leaves: the copy goes, the key changes, and those who stay have both keys.
    @Test(arguments: ["", "keysWanted", "beforeDelivery", "delivered"])
    func theKeyIsChangedWhenOneLeaves(killedAt boundary: String) async throws {
        let gateway = try await gateway()
        if !boundary.isEmpty {
            // Past the order itself, whose own stages have other tests.
            let killed = try await gateway.certway(
                ["run", "--once", "--wait", "20"], environment: ["CERTWAY_KILL_AT": boundary])
            #expect(killed.wasKilled, "\(boundary) was not reached: \(killed.errors)")
        }
        try await gateway.pass { try await records(gateway).count == 3 }
        let first = try await records(gateway)
        #expect(Set(first.map(\.thumbprint)).count == 1 && first.count == 3, "\(first)")
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 1)
        try await gateway.readMail(expected: 3)

        let leaver = first[0].user
        try await change(gateway, ["take": [.string(leaver)]])
        try await gateway.pass {
            guard try await records(gateway).count == 4 else { return false }
            return try await statuses(gateway) == ["active": 1, "revoked": 1]
        }
        let after = try await records(gateway)
        #expect(!after.contains { $0.user == leaver }, "\(after)")
        #expect(Set(after.map(\.thumbprint)).count == 2 && Set(after.map(\.user)).count == 2, "\(after)")
        #expect(try await statuses(gateway) == ["active": 1, "revoked": 1])
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 2)
        // Nothing is left to do: neither another order nor another upload.
        let uploads = try await gateway.sandbox.calls("intune.create")
        try await gateway.finish(within: 5)
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 2)
        #expect(try await gateway.sandbox.calls("intune.create") == uploads)
        try await gateway.readMail(expected: 4)
    }

    /// Whoever joins gets the key in use and, while the history lasts, the earlier one.
    @Test func whoJoinsGetsTheKeysAndANewConnectorKeyRefillsAll() async throws {
        let gateway = try await gateway()
        try await gateway.pass { try await records(gateway).count == 3 }
        let people = try await gateway.sandbox.control("/control/people")["people"]?.array ?? []
        let known = Set(try await records(gateway).map(\.user))
        let joiner = try #require(
            people.compactMap { $0["userPrincipalName"]?.string }.first {
                !known.contains($0) && !$0.hasPrefix("support@")
            })
        try await change(gateway, ["grant": [.string(joiner)]])
        try await gateway.pass { try await records(gateway).count == 4 }
        #expect(try await records(gateway).contains { $0.user == joiner })
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 1)
        let history = try await gateway.certway(["key", "history", joiner, "--output", "json"]).json
        #expect(history["keys"]?[0]?["mailbox"] == "support@sandbox.example", "\(history.text)")
        #expect(history["gaps"] == 0)
        let why = try await gateway.certway(["why", joiner])
        #expect(why.output.contains("support@sandbox.example"), "\(why.output)")

        let made = try await Run.tool(
            "sh",
            [
                "-c",
                "cd '\(gateway.folder.path)' && openssl genrsa -out next.key 2048 && openssl rsa -in next.key -pubout -out intune.pem",
            ])
        try #require(made.status == 0, "\(made.errors)")
        try await gateway.reconfigure { $0 }
        let uploads = try await gateway.sandbox.calls("intune.update")
        try await gateway.pass { try await gateway.sandbox.calls("intune.update") == uploads + 4 }
        #expect(try await gateway.sandbox.calls("intune.update") == uploads + 4)
        let key = try String(contentsOfFile: gateway.folder.path("next.key"), encoding: .utf8)
        try await gateway.readMail(expected: 4, connectorKey: key)
    }

    /// An answer that says nothing takes nothing from anybody.
    @Test(arguments: ["noPermissions", "unreadable", "emptied"])
    func halfAnAnswerWithdrawsNobody(trouble: String) async throws {
        let gateway = try await gateway()
        try await gateway.pass { try await records(gateway).count == 3 }
        switch trouble {
        case "noPermissions":
            try await gateway.sandbox.control("/control/exchange", method: "POST", body: #"{"noPermissions": true}"#)
        case "unreadable":
            try await gateway.sandbox.order(
                "status", of: "exchange.Get-MailboxPermission", count: 1000, ["status": 403])
        default: try await change(gateway, ["delegates": []])
        }
        let still = try await gateway.finish(within: 5)
        #expect(still.status == 4, "\(still.errors)")
        #expect(try await records(gateway).count == 3)
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 1)
        let shown = try await gateway.certway(["mailbox", "list", "--output", "json"]).json
        #expect(shown[0]?["problem"]?.string != nil, "\(shown.text)")
        guard trouble == "emptied" else { return }
        let release = ["mailbox", "release", "support@sandbox.example", "--because", "dissolved"]
        #expect(try await gateway.certway(release + ["--dry-run"]).status == 0)
        try await gateway.finish(within: 5)
        #expect(try await records(gateway).count == 3)
        let said = try await gateway.certway(release)
        #expect(said.status == 0, "\(said.errors)")
        try await gateway.pass { try await records(gateway).isEmpty }
        #expect(try await records(gateway).isEmpty)
    }

    /// Exchange looks at denials first, and they may stand for a group as well.
    @Test func whoIsDeniedThroughAGroupLosesTheKey() async throws {
        let gateway = try await gateway()
        try await gateway.pass { try await records(gateway).count == 3 }
        let people = try await records(gateway).map(\.user)
        let group = try await gateway.sandbox.control(
            "/control/groups", method: "POST",
            body: #"{"properties": {"displayName": "Denied", "mail": "denied@sandbox.example"}}"#)
        let id = try #require(group["id"] ?? group["group"]?["id"], "\(group.text)")
        try await gateway.sandbox.control(
            "/control/people", method: "POST",
            body: JSONValue.object(["action": "join", "person": .string(people[0]), "group": id]).text)
        let rows: [JSONValue] =
            people.map { ["User": .string($0), "AccessRights": ["FullAccess"]] }
            + [["User": "denied@sandbox.example", "AccessRights": ["FullAccess"], "Deny": true]]
        try await change(gateway, ["rows": .array(rows)])
        try await gateway.pass { try await !records(gateway).contains { $0.user == people[0] } }
        #expect(try await Set(records(gateway).map(\.user)) == Set(people.dropFirst()))
    }

    /// The daily look at Intune sees the keys of mailboxes, too.
    @Test(arguments: [false, true]) func aKeyThatSomebodyDeletesInIntuneIsMissed(isReordered: Bool) async throws {
        let gateway = try await gateway { isReordered ? "\($0)    onDeletedInIntune: reorder\n" : $0 }
        try await gateway.pass { try await records(gateway).count == 3 }
        let ids = try await gateway.sandbox.control("/control/pfx")["pfx"]?.array?.compactMap { $0["id"]?.string }
        try await gateway.deletePFX(try #require(ids?.first))
        let clock = try await GatewayClock()
        try await gateway.sandbox.advance(seconds: 2 * 86_400)
        let later = clock.moved(by: 2 * 86_400)
        for _ in 0..<2 {
            let run = try await gateway.certway(["run", "--once", "--wait", "20"], environment: later)
            #expect(run.status == (isReordered ? 0 : 4), "\(run.errors)")
            #expect(isReordered || run.errors.contains("somebody has deleted it in Intune"), "\(run.errors)")
        }
        if !isReordered {
            let person = try #require(
                try await gateway.certway(["mailbox", "show", "support@sandbox.example", "--output", "json"]).json[
                    "keys"]?.array?.first { $0["state"] == "missing" }?["userPrincipalName"]?.string)
            let redelivered = try await gateway.certway(["key", "redeliver", person], environment: later)
            #expect(redelivered.status == 0, "\(redelivered.errors)")
            try await gateway.certway(["run", "--once", "--wait", "20"], environment: later)
        }
        #expect(try await records(gateway).count == 3)
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 1)
    }

    /// A mailbox belongs to no group that could be asked for: Exchange is. And nothing of it is taken before its time.
    @Test func aRevokedOneIsOrderedAgain() async throws {
        let gateway = try await gateway()
        try await gateway.pass { try await records(gateway).count == 3 }
        let mailbox = "support@sandbox.example"
        let order = try #require(
            try await gateway.certway(["order", "list", "--output", "json"]).json[0]?["reference"]?.string)
        let revoke = ["certificate", "revoke", mailbox, "--reason", "keyCompromise", "--because", "stolen"]
        let later = try await gateway.certway(revoke + ["--in", "1h"])
        #expect(later.status == 0, "\(later.errors)")
        for _ in 0..<2 { try await gateway.finish(within: 5) }
        #expect(try await records(gateway).count == 3, "taken before its time")
        #expect(try await gateway.certway(revoke).status == 0)
        try await gateway.pass {
            let count = try await records(gateway).count
            return try await statuses(gateway)["revoked"] == 1 && count == 0
        }
        let again = try await gateway.certway(["order", "again", order])
        #expect(again.status == 0, "\(again.errors)")
        try await gateway.pass {
            let count = try await records(gateway).count
            return try await statuses(gateway)["active"] == 1 && count == 3
        }
        #expect(try await statuses(gateway) == ["revoked": 1, "active": 1])
        #expect(try await records(gateway).count == 3)
    }

    /// The other model: no certificate of its own, its address in those of the people who may open it (docs/decisions/0060).
    @Test func itsAddressMayStandInTheCertificatesOfItsPeople() async throws {
        let gateway = try await gateway(ownTemplate: false) {
            $0 + "    names: {emails: .smtpAddresses + .mailboxAddresses}\n"
        }
        let box = "support@sandbox.example"
        /// By person, the addresses of certificates with a status.
        func addresses(_ status: String) async throws -> [String: [String]] {
            let list = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
            return Dictionary(
                list.filter { $0["status"]?.string == status }.map {
                    ($0["userPrincipalName"]?.string ?? "", $0["emailAddresses"]?.array?.compactMap(\.string) ?? [])
                }, uniquingKeysWith: { $1 })
        }
        try await gateway.pass { try await addresses("active").count == 5 }
        let before = try await addresses("active")
        let openers = before.filter { $0.value.contains(box) }.keys.sorted()
        try #require(openers.count == 3, "\(before)")
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 5)
        let preview = try await gateway.certway(["template", "preview", "smime", openers[0]])
        #expect(preview.output.contains(box), "\(preview.output)")

        try await change(gateway, ["take": [.string(openers[0])]])
        try await gateway.pass { try await addresses("revoked").count == 1 }
        let after = try await addresses("active")
        #expect(after[openers[0]].map { !$0.contains(box) && !$0.isEmpty } == true, "\(after)")
        #expect(try await addresses("revoked").keys.sorted() == [openers[0]])
        #expect(after.filter { $0.value.contains(box) }.keys.sorted() == Array(openers.dropFirst()))
        #expect(try await gateway.sandbox.orders("digicert-certcentral").count == 6)
    }

    /// - Parameters:
    ///   - ownTemplate: whether the template is for mailboxes, in place of a group.
    ///   - more: changes the lines that say whom it is for.
    private func gateway(
        ownTemplate: Bool = true, _ more: @escaping (String) -> String = { $0 }
    ) async throws -> GatewayUnderTest {
        let sandbox = try await SandboxProcess([
            "--users", "5", "--mailboxes", "1", "--only", "tenant", "--only", "digicert-certcentral", "--instant",
        ])
        let group = "    group: \(sandbox.text("tenant", "groups", "smime"))\n"
        return try await GatewayUnderTest(sandbox: sandbox) { yaml in
            yaml.replacing("tenant: {", with: "tenant: {exchange: \"\(sandbox.text("tenant", "exchange"))\", ")
                .replacing(group, with: more(ownTemplate ? "    for: mailboxes\n    keyHistory: 365d\n" : group))
        }
    }

    private func change(_ gateway: GatewayUnderTest, _ wish: [String: JSONValue]) async throws {
        var body = wish
        body["mailbox"] = "support@sandbox.example"
        try await gateway.sandbox.control("/control/mailboxes", method: "POST", body: JSONValue.object(body).text)
    }

    /// How many certificates have each status.
    private func statuses(_ gateway: GatewayUnderTest) async throws -> [String: Int] {
        let list = try await gateway.certway(["certificate", "list", "--output", "json"]).json.array ?? []
        return Dictionary(grouping: list) { $0["status"]?.string ?? "" }.mapValues(\.count)
    }

    private func records(_ gateway: GatewayUnderTest) async throws -> [(user: String, thumbprint: String)] {
        (try await gateway.sandbox.control("/control/pfx")["pfx"]?.array ?? []).map {
            ($0["userPrincipalName"]?.string ?? "", $0["thumbprint"]?.string ?? "")
        }
    }
}
