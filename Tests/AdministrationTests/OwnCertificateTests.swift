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
        // As the page promises it.
        #expect(asked.count == 1 && asked.allSatisfy(\.isOrderedAgain))
        await #expect(throws: AccessDenied.self) {
            _ = try await OwnCertificates(
                gateway, Caller(name: "ada@example.org", roles: [.administrator], objectID: "ada", origin: "group")
            ).revoke(mine.map(\.id), reason: .superseded, cause: "so", isDryRun: false)
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
