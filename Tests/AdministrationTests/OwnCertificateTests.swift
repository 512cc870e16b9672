// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Ledger
import Planning
import Store
import Testing

/// What an employee sees and may do: one's own, and nothing else.
@Suite(.timeLimit(.minutes(5))) struct OwnCertificateTests {
    private static func employee(_ id: String?) -> Caller {
        Caller(name: "\(id ?? "token")@example.org", roles: [.employee], objectID: id, origin: "signed in")
    }

    @Test func onesOwnAndNothingElse() async throws {
        let office = try await Office()
        let now = office.ledger.clock.now()
        for person in ["ada", "bob"] {
            try await office.issue(person, by: (office.root, office.rootKey), at: now, .active)
        }
        let gateway = try await office.gateway()
        let own = OwnCertificates(gateway, Self.employee("ada"))
        let mine = try await own.list().items
        #expect(mine.map(\.subscriberID) == ["ada"])
        #expect(try await OwnCertificates(gateway, Self.employee(nil)).list().items.isEmpty)
        let others = try await office.ledger.certificates(CertificateFilter(subscriberID: "bob")).map(\.id)
        await #expect(throws: Obstacle("number \(others[0]) is none of your certificates")) {
            _ = try await own.revoke(mine.map(\.id) + others, reason: .keyCompromise, cause: "lost", isDryRun: false)
        }
        #expect(try await office.ledger.standingActions(certificateIDs: others + mine.map(\.id)).isEmpty)
        // The CA cannot be asked to: a person there is told, and the employee is not sent away.
        let done = try await own.revoke(mine.map(\.id), reason: .keyCompromise, cause: "lost", isDryRun: false)
        #expect(done.refused.isEmpty)
        let asked = try await office.ledger.standingActions(certificateIDs: mine.map(\.id)).values.joined()
        #expect(asked.allSatisfy { $0.kind == .revoke }, "no device has it from Intune")
        // As the page promises it.
        #expect(asked.count == 1 && asked.allSatisfy(\.isOrderedAgain))
        await #expect(throws: AccessDenied.self) {
            _ = try await OwnCertificates(
                gateway, Caller(name: "ada@example.org", roles: [.administrator], objectID: "ada", origin: "group")
            ).revoke(mine.map(\.id), reason: .superseded, cause: "so", isDryRun: false)
        }
    }

    /// What cannot be had is offered nowhere, with why and what instead.
    @Test func whatCannotBeFetchedIsNotOffered() async throws {
        func office(hasAgentKey: Bool) async throws -> ArchiveOffice {
            let archive = try await ArchiveOffice(["ada"], recovery: "{}\nhandOver: {}", hasAgentKey: hasAgentKey)
            // The working copy is gone: the archive is the only way.
            try await archive.office.store.database.write { connection in
                _ = try connection.execute("UPDATE order_keys SET erased = 1", [])
            }
            return archive
        }
        func actions(_ archive: ArchiveOffice) async throws -> [String: ObjectAction] {
            let ada = try #require(archive.certificates["ada"])
            let all = try await OwnCertificates(archive.gateway, Self.employee("ada")).actions(of: [ada])[ada.id] ?? []
            return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
        }
        let open = try await actions(try await office(hasAgentKey: true))
        #expect(open["recoverKey"]?.isAllowed == true && open["handOver"]?.isAllowed == true, "\(open)")
        // The same archive, and no agent whose key the gateway may use.
        let closed = try await office(hasAgentKey: false)
        let obstacle = Obstacle("the gateway has no key that opens the archive", instead: "ask a key recovery agent")
        let offered = try await actions(closed)
        #expect(offered["recoverKey"]?.obstacle == obstacle && offered["handOver"]?.obstacle == obstacle, "\(offered)")
        // Who offers it for her sends her nowhere either.
        let ada = try #require(closed.certificates["ada"])
        for (archive, isSent) in [
            (closed, false), (try await office(hasAgentKey: true), true),
        ] {
            let record = try #require(archive.certificates["ada"])
            let refusal = await #expect(throws: Obstacle.self) {
                _ = try await HandOverAdministration(archive.gateway, .commandLine("eve")).offer(
                    record, for: .iphone, isDryRun: true)
            }
            #expect(refusal?.instead?.contains("fetches it at /my") == isSent, "\(String(describing: refusal))")
        }
        let answer = try await closed.gateway.ask("GET", "/my/certificates", as: .employee, id: "ada")
        #expect(answer.json.text.contains("has no key that opens the archive"), "\(answer.json) \(ada.id)")
    }

    /// Offered by a link as by mail: nobody signs in as a shared mailbox.
    @Test func aMailboxesCertificateIsOfferedToNobody() async throws {
        let archive = try await ArchiveOffice(["ada"], recovery: "{}\nhandOver: {}")
        let ada = try #require(archive.certificates["ada"])
        var terms = OrderTerms(template: try #require(archive.gateway.configuration.template("smime")))
        terms.isForMailbox = true
        let text = terms.json.text
        try await archive.office.store.database.write { connection in
            _ = try connection.execute(
                "UPDATE orders SET request = ? WHERE id = ?", [.text(text), .integer(ada.orderID)])
        }
        let refusal = Obstacle(
            "\(ada.serialNumber) is a mailbox's certificate", instead: "its key goes to those who may open it")
        let handOver = HandOverAdministration(archive.gateway, .commandLine("eve"))
        for isDryRun in [true, false] {
            await #expect(throws: refusal) { _ = try await handOver.offer(ada, for: .iphone, isDryRun: isDryRun) }
            await #expect(throws: refusal) { _ = try await handOver.mail(ada, for: .iphone, isDryRun: isDryRun) }
        }
    }

    /// One for mail is told from one for signing in, by what was ordered and not by what the CA has put in.
    @Test func whatEachIsFor() async throws {
        let office = try await Office()
        let gateway = try await office.gateway()
        let now = office.ledger.clock.now()
        for person in ["ada", "bob", "cyd"] {
            try await office.issue(person, by: (office.root, office.rootKey), at: now, .active)
        }
        for (person, template) in [("ada", "smime"), ("bob", "logon")] {
            let terms = OrderTerms(template: try #require(gateway.configuration.template(template))).json.text
            try await office.store.database.write { connection in
                _ = try connection.execute(
                    "UPDATE orders SET request = ? WHERE subscriber_id = ?", [.text(terms), .text(person)])
            }
        }
        let all = try await office.ledger.certificates()
        let uses = try await OwnCertificates(gateway, Self.employee("ada")).uses(of: all)
        func use(_ person: String) -> [CertificateUse]? {
            all.first { $0.subscriberID == person }.flatMap { uses[$0.id] }
        }
        #expect(use("ada") == [.encryptedMail, .signedMail])
        #expect(use("bob") == [.signIn])
        // Of one whose order does not say it, the certificate says it.
        #expect(use("cyd") == [.encryptedMail, .signedMail])
        let server = try await gateway.ask("GET", "/my/certificates", as: .employee, id: "bob")
        #expect(server.json["items"]?.array?.compactMap { $0["purposes"] } == [["signIn"]], "\(server.json)")
    }
}
