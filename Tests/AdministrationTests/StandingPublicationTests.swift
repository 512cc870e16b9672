// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Ledger
import Publication
import Store
import Testing

@testable import Administration
@testable import Gateway

/// What is not published as it is wanted is said as long as it is so, and not only in the pass that has tried it.
@Suite(.timeLimit(.minutes(5))) struct StandingPublicationTests {
    private let office: Office
    private let gateway: Gateway

    /// A certificate that directory `addresses` has refused, and one that it holds.
    init() async throws {
        office = try await Office()
        try await office.apply(
            office.yaml(
                more: """
                    directories:
                      - name: addresses
                        kind: ldap
                        url: ldaps://127.0.0.1:9
                        bindName: cn=gateway,dc=example,dc=org
                        bindPassword: "file:\(office.folder.path)/key"
                        base: dc=example,dc=org
                        filter: (mail={mail})
                    """))
        gateway = try await office.gateway()
        let now = office.ledger.clock.now()
        for person in ["ada", "bob"] {
            try await office.issue(person, by: (office.root, office.rootKey), at: now, .active)
        }
        for (index, certificate) in try await office.ledger.certificates().enumerated() {
            try await office.store.database.write { connection in
                try connection.put(
                    into: "publications",
                    key: ["certificate_id": .integer(certificate.id), "place": .text("addresses")],
                    values: [
                        "subscriber_id": .text(certificate.subscriberID), "wanted": .integer(1),
                        "actual": .text(index == 0 ? "absent" : "present"), "since": SQLValue(now),
                        "next_action_at": SQLValue(now + 3600), "failures": .integer(index == 0 ? 1 : 0),
                        "problem": index == 0 ? .text("no such entry") : .null,
                    ])
            }
        }
    }

    @Test func itIsSaidBetweenTheTries() async throws {
        let said = try await gateway.standingPublications(beside: [])
        #expect(said.count == 1)
        #expect(said.first?.hasPrefix("directory addresses: 1 certificate is not there as wanted") ?? false, "\(said)")
    }

    /// What 'doctor' warns of needs somebody, by the same words.
    @Test func theOverviewSaysIt() async throws {
        let needs = try await OverviewAdministration(gateway).needs(at: office.ledger.clock.now())
        let need = try #require(needs.first { $0.kind == .publication })
        #expect(need.count == 1 && need.path == "/publication?directory=addresses&state=failed")
        #expect(try await gateway.publicationTroubles().map(\.sentence) == [need.text])
    }

    /// The same of a record that somebody has deleted in Intune, with a next step that can be typed.
    @Test func aRecordThatIsGoneNeedsSomebody() async throws {
        let certificates = try await office.ledger.certificates()
        try await office.store.database.write { connection in
            for (certificate, fault) in zip(certificates, ["recordDeleted", "noDevice"]) {
                try connection.put(
                    into: "delivery_readings", key: ["certificate_id": .integer(certificate.id)],
                    values: [
                        "standing": .text("faulty"), "fault": .text(fault), "read_at": .integer(1),
                        "next_at": .integer(2), "reading": .text("null"),
                    ])
            }
        }
        let needs = try await OverviewAdministration(gateway).needs(at: office.ledger.clock.now())
        let found = needs.filter { $0.kind == .delivery }
        let serial = certificates[0].serialNumber
        #expect(found.count == 1 && found[0].count == 1 && found[0].path == "/certificates/\(certificates[0].id)")
        #expect(found[0].text.contains("its record in Intune is gone"), "\(found)")
        #expect(found[0].text.contains("withdraw \(serial) --order-again --because"), "\(found)")
    }

    @Test func notBesideTheCauseItself() async throws {
        #expect(try await gateway.standingPublications(beside: ["directory addresses: ada: no such entry"]).isEmpty)
        #expect(try await gateway.standingPublications(beside: ["directory other: ada: no such entry"]).count == 1)
    }

    @Test func noLongerThanItLasts() async throws {
        try await office.store.database.write { connection in
            _ = try connection.execute("UPDATE publications SET problem = NULL, actual = 'present'", [])
        }
        #expect(try await gateway.standingPublications(beside: []).isEmpty)
    }

    /// Numbers of each directory by state, also of one that is not configured any more.
    @Test func theNumbersOfEachDirectoryAreTold() async throws {
        let (status, answer) = try await gateway.ask("GET", "/directories", as: .helpdesk)
        #expect(status == 200 && answer["items"]?.array?.count == 1, "\(answer)")
        let told = answer["items"]?[0]
        #expect(told?["name"] == "addresses" && told?["kind"] == "ldap")
        #expect(told?["counts"]?["failed"] == 1 && told?["counts"]?["published"] == 1, "\(answer)")
        try await office.apply(office.yaml(more: "directories: []"), prunes: true)
        let former = try await office.gateway().ask("GET", "/directories", as: .auditor).json["items"]?[0]
        #expect(former?["name"] == "addresses" && former?["kind"] == .null && former?["templates"] == [])
        #expect(former?["counts"]?["failed"] == 1, "\(former ?? .null)")
    }

    /// What is shown first is asked for by its button; who may not, is told so; cmdlets are for one kind alone.
    @Test func aRepairIsLookedAtAndAskedFor() async throws {
        let look = try await gateway.ask(
            "POST", "/publication-repairs", query: [("dryRun", "true")], as: .helpdesk)
        #expect(look.status == 200 && look.json["dryRun"] == true, "\(look.json)")
        let repair = try await gateway.ask("POST", "/publication-repairs", as: .helpdesk)
        #expect(repair.status == 200 && repair.json["certificates"] == 2, "\(repair.json)")
        #expect(try await gateway.ask("POST", "/publication-repairs", as: .auditor).status == 403)
        let script = try await gateway.ask("POST", "/publication-scripts", as: .helpdesk)
        #expect(script.status == 409, "\(script.json)")
        #expect(script.json["detail"]?.string?.contains("kind exchange") == true, "\(script.json)")
    }
}
