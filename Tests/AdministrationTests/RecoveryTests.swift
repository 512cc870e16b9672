// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import JSONDocuments
import KeyArchival
import Ledger
import PKIX
import Records
import Recoveries
import Secrets
import Store
import Testing

@testable import AdminAPI

/// Recovery from the question to the file.
@Suite(.timeLimit(.minutes(5))) struct RecoveryTests {
    private func refused(_ part: String, _ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("not refused: \(part)")
        } catch { #expect("\(error)".contains(part), "\(error)") }
    }

    private func notices(_ archive: ArchiveOffice) async throws -> [String] {
        try await archive.office.store.database.read { connection in
            try connection.query("SELECT about FROM notices WHERE event = 'recovered' ORDER BY about", []) {
                try $0[0] as String
            }
        }
    }

    @Test func twoPeopleAndOneFetch() async throws {
        let archive = try await ArchiveOffice(["ada"], recovery: "{approvals: 2}")
        let (kim, lea) = (archive.administration("kim"), archive.administration("lea"))
        let serial = try archive.serial("ada")
        await refused("--purpose") { _ = try await kim.request(serial, purpose: "  ") }
        #expect(try await kim.request(serial, purpose: "court order 12/26", isDryRun: true) == nil)
        let asked = try #require(try await kim.request(serial, purpose: "court order 12/26"))
        #expect(asked.state == .waiting && asked.agreed == 1)
        await refused("waits for a second person") { _ = try await kim.fetch("R-\(asked.id)") }
        await refused("own request") { _ = try await kim.decide("R-\(asked.id)", approve: true, because: "me") }
        // The same person under another spelling, and who has no right to it.
        await refused("own request") {
            _ = try await archive.administration("KIM").decide("R-\(asked.id)", approve: true, because: "me")
        }
        await refused("this needs keyRecoveryAgent") {
            _ = try await archive.administration("root", [.administrator, .helpdesk, .auditor]).decide(
                "R-\(asked.id)", approve: true, because: "me")
        }
        let approved = try await lea.decide("R-\(asked.id)", approve: true, because: "order seen")
        #expect(approved.state == .approved && approved.agreed == 2)
        await refused("asked for by kim") { _ = try await lea.fetch("R-\(asked.id)") }
        // A key that opens nothing leaves it as it was.
        let (certificate, otherKey) = (archive.agents[0].agent.certificate, archive.agents[1].key)
        let wrong = RecoveryAdministration.Opening(certificate: { certificate }, key: { .file(otherKey) })
        await #expect(throws: PKIXError.self) { _ = try await kim.fetch("R-\(asked.id)", opening: wrong) }
        let package = try await kim.fetch("R-\(asked.id)")
        #expect(package.recovery.state == .fetched)
        #expect(package.recovery.agentFingerprint == archive.agents[0].agent.certificate.sha256Fingerprint)
        await refused("fetched already") { _ = try await kim.fetch("R-\(asked.id)") }
        await refused("is for lea") { _ = try await kim.password("R-\(asked.id)") }
        let password = try await lea.password("R-\(asked.id)")
        await refused("is gone (fetched)") { _ = try await lea.password("R-\(asked.id)") }
        let opened = try PKCS12Bundle.open(package.bytes, password: password)
        #expect(try opened.key.publicKey == archive.keys["ada"]?.publicKey)
        let number = asked.id
        #expect(
            try await notices(archive)
                == ["recovery \(number) approved", "recovery \(number) fetched", "recovery \(number) requested"])
        let records = try await archive.office.ledger.audit.records(AuditFilter()).items
        for action in [AuditAction.requestRecovery, .approveRecovery, .recoverKey, .offerPackage, .fetchPackage] {
            #expect(records.contains { $0.action == action.rawValue && $0.outcome == "done" }, "\(action)")
        }
        for action in [AuditAction.requestRecovery, .approveRecovery, .recoverKey, .fetchPackage] {
            #expect(records.contains { $0.action == action.rawValue && $0.outcome == "refused" }, "\(action)")
        }
        let attempts = try await archive.office.ledger.recoveryAttempts(orderID: asked.orderID)
        #expect(attempts.map(\.outcome) == [.recovered, .failed])
        // The one command that opens by itself is no way around the second person.
        let alone = try KeyRecovery(
            archive.office.ledger, caller: archive.caller("kim"), purpose: "in a hurry", approvals: 2)
        await refused("takes two people") { _ = try await alone.record(serial) }
    }

    /// What was agreed to under other rules is not handed out by them.
    @Test func fetchingAsksForWhatTheConfigurationSaysNow() async throws {
        let archive = try await ArchiveOffice(["ada", "bob"], recovery: "{approvals: 1}")
        let kim = archive.administration("kim")
        let asked = try #require(try await kim.request(try archive.serial("ada"), purpose: "ticket 1"))
        let fetched = try #require(try await kim.request(try archive.serial("bob"), purpose: "ticket 1"))
        _ = try await kim.fetch("R-\(fetched.id)")
        try await archive.office.apply("recovery: {approvals: 2}")
        let now = RecoveryAdministration(try await archive.office.gateway(), caller: archive.caller("kim"))
        await refused("has the consent of 1, and by now it takes 2") { _ = try await now.fetch("R-\(asked.id)") }
        await refused("has the consent of 1, and by now it takes 2") { _ = try await now.password("R-\(fetched.id)") }
        #expect(try await now.show("R-\(asked.id)").state == .approved)
        #expect(now.actions(of: asked).first { $0.name == "fetch" }?.isAllowed == false)
    }

    @Test func deniedAndLapsed() async throws {
        let archive = try await ArchiveOffice(["ada", "bob"], recovery: "{approvals: 2}")
        let (kim, lea) = (archive.administration("kim"), archive.administration("lea"))
        let denied = try #require(try await kim.request(try archive.serial("ada"), purpose: "curiosity"))
        #expect(try await lea.decide("\(denied.id)", approve: false, because: "no order").state == .denied)
        await refused("is denied") { _ = try await kim.fetch("R-\(denied.id)") }
        await refused("not waiting") { _ = try await lea.decide("\(denied.id)", approve: true, because: "after all") }
        let late = try #require(try await kim.request(try archive.serial("bob"), purpose: "ticket 1"))
        _ = try await lea.decide("\(late.id)", approve: true, because: "yes")
        try await archive.office.store.database.write { connection in
            try connection.execute("UPDATE recoveries SET lapses_at = 1 WHERE id = ?", [.integer(late.id)])
        }
        await refused("lapsed") { _ = try await kim.fetch("R-\(late.id)") }
        #expect(try await kim.show("R-\(late.id)").state == .lapsed)
        #expect(try await notices(archive).contains("recovery \(denied.id) denied"))
        #expect(try await notices(archive).contains("recovery \(late.id) lapsed"))
        await refused("there is no recovery") { _ = try await kim.show("R-77") }
    }

    /// What cannot be written does not leave, and the recovery stays as it was.
    @Test func whatIsNotOnRecordDoesNotLeave() async throws {
        let archive = try await ArchiveOffice(["ada"])
        let kim = archive.administration("kim")
        let asked = try #require(try await kim.request(try archive.serial("ada"), purpose: "ticket 1"))
        #expect(asked.state == .approved)
        for table in ["key_recoveries", "one_time_packages", "notices"] {
            try await archive.office.store.database.write { connection in
                try connection.execute(
                    "CREATE TRIGGER full BEFORE INSERT ON \(table) BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
            }
            await #expect(throws: StoreError.self, "\(table)") { _ = try await kim.fetch("R-\(asked.id)") }
            try await archive.office.store.database.write { try $0.execute("DROP TRIGGER full") }
            #expect(try await kim.show("R-\(asked.id)").state == .approved)
        }
        // Two who fetch at the same time: one gets it.
        async let first = try? kim.fetch("R-\(asked.id)")
        async let second = try? kim.fetch("R-\(asked.id)")
        let both = await [first, second].compactMap(\.self)
        #expect(both.count == 1)
        // Alone, one has file and password, by two ways.
        let password = try await kim.password("R-\(asked.id)")
        #expect(
            try PKCS12Bundle.open(try #require(both.first).bytes, password: password).certificate.serialNumber.hex
                == archive.serial("ada"))
    }

    @Test func ownerAfterANewSignIn() async throws {
        let archive = try await ArchiveOffice(["ada", "bob"])
        let number = try #require(archive.certificates["ada"]).id
        let ada = archive.administration("ada@example.org", [.employee], id: "ada")
        let now = Date()
        await refused("auth_time") { _ = try await ada.recoverOwn(number, authenticatedAt: nil) }
        await refused("minutes ago") { _ = try await ada.recoverOwn(number, authenticatedAt: now - 3600) }
        let bob = archive.administration("bob@example.org", [.employee], id: "bob")
        await refused("none of your certificates") { _ = try await bob.recoverOwn(number, authenticatedAt: now) }
        await refused("this needs employee") {
            _ = try await archive.administration("kim").recoverOwn(number, authenticatedAt: now)
        }
        let package = try await ada.recoverOwn(number, authenticatedAt: now)
        let word = "R-\(package.recovery.id)"
        await refused("of yours") { _ = try await bob.ownPassword(word) }
        let password = try await ada.ownPassword(word)
        await refused("is gone") { _ = try await ada.ownPassword(word) }
        #expect(
            try PKCS12Bundle.open(package.bytes, password: password).key.publicKey == archive.keys["ada"]?.publicKey)
        let switchedOff = try await ArchiveOffice(["ada"], recovery: "{byOwner: false}")
        await refused("switched off") {
            _ = try await switchedOff.administration("ada", [.employee], id: "ada").recoverOwn(
                try #require(switchedOff.certificates["ada"]).id, authenticatedAt: now)
        }
    }

    @Test func drillTellsWhatDoesNotOpen() async throws {
        let archive = try await ArchiveOffice(["ada", "bob", "cyd"])
        let kim = archive.administration("kim")
        let good = try await kim.drill(sample: nil)
        #expect(good.isGood && good.sampled == 3 && good.archived == 3)
        #expect(try await kim.drill(sample: 2).sampled == 2)
        // Bob's record has Ada's key in it, and Cyd's has a byte that is another one.
        let (ada, bob, cyd) = try (
            #require(archive.certificates["ada"]), #require(archive.certificates["bob"]),
            #require(archive.certificates["cyd"])
        )
        let ofAda = try #require(try await archive.office.ledger.archivedKey(certificateID: ada.id)).cms
        var ofCyd = try #require(try await archive.office.ledger.archivedKey(certificateID: cyd.id)).cms
        ofCyd[ofCyd.count - 20] ^= 1
        let changed = ofCyd
        try await archive.office.store.database.write { connection in
            for (id, cms) in [(bob.orderID, ofAda), (cyd.orderID, changed)] {
                try connection.execute(
                    "UPDATE archived_keys SET cms = ? WHERE order_id = ?", [.blob(cms), .integer(id)])
            }
        }
        let bad = try await kim.drill(sample: nil)
        #expect(bad.opened == 1 && bad.failures.map(\.subscriber).sorted() == ["bob@example.org", "cyd@example.org"])
        #expect(try await kim.drills().items.map(\.opened) == [1, 2, 3])
        await refused("this needs keyRecoveryAgent") {
            _ = try await archive.administration("root", [.administrator]).drill(sample: 1)
        }
    }

    @Test func archiveGoesToOtherAgents() async throws {
        let archive = try await ArchiveOffice(["ada", "bob", "cyd"])
        let kim = archive.administration("kim")
        let plan = try await archive.machine.rewrap(to: ["next"], isDryRun: true)
        #expect(plan.rewrapped == 3 && plan.formerlyReadable.map(\.entries) == [3, 3])
        // One that does not open stays as it is; the others go on.
        let cyd = try #require(archive.certificates["cyd"])
        let whole = try #require(try await archive.office.ledger.archivedKey(certificateID: cyd.id)).cms
        let foreign = try KeyArchive.archive(
            privateKey: try PrivateKey.generate(.p256), recipients: [archive.agents[1].agent])
        try await archive.office.store.database.write { connection in
            try connection.execute(
                "UPDATE archived_keys SET cms = ? WHERE order_id = ?", [.blob(foreign), .integer(cyd.orderID)])
        }
        let part = try await archive.machine.rewrap(to: ["next"])
        #expect(part.rewrapped == 2 && part.failures.count == 1 && !part.isComplete)
        #expect(part.formerlyReadable.map { "\($0.name) \($0.entries)" }.sorted() == ["board 1", "office 0"])
        try await archive.office.store.database.write { connection in
            try connection.execute(
                "UPDATE archived_keys SET cms = ? WHERE order_id = ?", [.blob(whole), .integer(cyd.orderID)])
        }
        let rest = try await archive.machine.rewrap(to: ["next"])
        #expect(rest.rewrapped == 1 && rest.unchanged == 2 && rest.isComplete)
        #expect(rest.formerlyReadable.map(\.entries) == [0, 0])
        for (person, record) in archive.certificates {
            let cms = try #require(try await archive.office.ledger.archivedKey(certificateID: record.id)).cms
            let opened = try KeyArchive.recover(
                cms: cms, certificate: archive.agents[2].agent.certificate, key: archive.agents[2].key)
            #expect(try opened.publicKey == archive.keys[person]?.publicKey)
        }
        // Recovery goes on by the new agent.
        let asked = try #require(try await kim.request(try archive.serial("ada"), purpose: "ticket 1"))
        #expect(
            try await kim.fetch("R-\(asked.id)").recovery.agentFingerprint
                == archive.agents[2].agent.certificate.sha256Fingerprint)
        await refused("no such") { _ = try await archive.machine.rewrap(to: ["no such"]) }
        await refused("this needs keyRecoveryAgent") {
            _ = try await archive.administration("root", [.administrator]).rewrap(to: ["next"])
        }
    }

    /// The API has the same in two steps: what it would be, and the work; it is done by a key recovery agent alone.
    @Test func archiveGoesToOtherAgentsByTheAPI() async throws {
        // The templates say for whom keys are archived by now; whom they do not name nobody lets in from afar, and nobody shuts others out.
        let archive = try await ArchiveOffice(["ada", "bob"], archivedFor: "next")
        for other in [["office"], ["office", "next"]] {
            await refused("decided on the gateway's machine") {
                _ = try await archive.administration("kim").rewrap(to: other, isDryRun: true)
            }
        }
        let agents = try await archive.gateway.ask("GET", "/key-recovery-agents", as: .keyRecoveryAgent).json["items"]
        #expect(agents?.array?.compactMap { $0["name"]?.string } == ["board", "next", "office"])
        #expect(agents?.array?.compactMap { $0["usable"]?.bool } == [false, true, true])
        #expect(try await archive.gateway.ask("GET", "/key-recovery-agents", as: .administrator).status == 403)
        let would = try await rewrapped(archive, isDryRun: true)
        #expect(would["rewrapped"] == 2 && would["dryRun"] == true, "\(would)")
        #expect(would["readableByFormer"]?.array?.map { $0["entries"] } == [2, 2], "\(would)")
        let done = try await rewrapped(archive, isDryRun: false)
        #expect(done["rewrapped"] == 2 && done["complete"] == true && done["dryRun"] == false, "\(done)")
        #expect(done["readableByFormer"]?.array?.map { $0["entries"] } == [0, 0], "\(done)")
        let refused = try await archive.gateway.ask(
            "POST", "/key-rewraps", as: .administrator, ["to": ["next"]], key: "another")
        #expect(refused.status == 403)
        let keyless = try await archive.gateway.ask("POST", "/key-rewraps", as: .keyRecoveryAgent, ["to": ["next"]])
        #expect(keyless.status == 400 && keyless.json["code"] == "keyMissing")
    }

    private func rewrapped(_ archive: ArchiveOffice, isDryRun: Bool) async throws -> JSONValue {
        let server = APIServer({ [gateway = archive.gateway] in gateway }, NamedRole())
        let begun = try await archive.gateway.ask(
            "POST", "/key-rewraps", query: isDryRun ? [("dryRun", "true")] : [], as: .keyRecoveryAgent,
            ["to": ["next"]], key: "rewrap-\(isDryRun)", of: server)
        try #require(begun.status == 202, "\(begun.json)")
        let id = try #require(begun.json["id"]?.string)
        while true {
            let work = try await archive.gateway.ask("GET", "/operations/\(id)", as: .keyRecoveryAgent, of: server).json
            if work["state"] != "running" { return try #require(work["result"], "\(work)") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
