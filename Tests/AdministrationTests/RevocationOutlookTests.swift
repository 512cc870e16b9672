// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import Planning
import Store
import Testing

/// What is said before a revocation of what follows for the person: the same by use case and API.
@Suite(.timeLimit(.minutes(5))) struct RevocationOutlookTests {
    private static let none = "no other certificate follows by itself, somebody has to order one again"
    private static let archived = "old mail stays readable, for the key is archived"
    private static let kept = "it stays on the devices until it is withdrawn"

    private let archive: ArchiveOffice
    private var ledger: OrderLedger { archive.office.ledger }

    init() async throws { archive = try await ArchiveOffice(["ada"]) }

    private func outlook(
        _ records: [CertificateRecord], _ reason: RevocationReason = .unspecified, isOrderedAgain: Bool = false
    ) async throws -> String {
        try await ManyCertificates(archive.gateway, archive.caller("root", [.administrator])).outlook(
            onRevoking: records, reason, isOrderedAgain: isOrderedAgain)
    }

    /// Says of an order that its certificate goes to Intune, or of its certificate that it is for signing in.
    private func note(_ template: String, delivered: Bool, _ record: CertificateRecord) async throws {
        var terms = OrderTerms(template: try #require(archive.gateway.configuration.template(template)))
        if delivered { terms.delivery = .intune }
        let text = terms.json.text
        try await archive.office.store.database.write { connection in
            _ = try connection.execute(
                "UPDATE orders SET request = ? WHERE id = ?", [.text(text), .integer(record.orderID)])
        }
    }

    @Test func aPersonIsLeftWithoutAnotherOne() async throws {
        let ada = try #require(archive.certificates["ada"])
        #expect(try await outlook([ada]) == "\(Self.none); no device has it from Intune; \(Self.archived)")
        try await note("smime", delivered: true, ada)
        #expect(try await outlook([ada]) == "\(Self.none); \(Self.kept); \(Self.archived)")
        let again = try await outlook([ada], isOrderedAgain: true)
        #expect(again.hasPrefix("another certificate follows by itself; "), "\(again)")
        #expect(try await outlook([]).isEmpty)
        // What is said is what is done: the withdrawal is asked for with it.
        #expect(
            try await outlook([ada], .keyCompromise) == "\(Self.none); it is taken from the devices; \(Self.archived)")
        let actions = CertificateActions(ledger, archive.gateway.mirror, caller: .commandLine("eve"))
        _ = try await actions.withdraw([ada], cause: "stolen")
        #expect(try await outlook([ada]) == "\(Self.none); it is taken from the devices; \(Self.archived)")
    }

    /// Of several it is said of how many; of one for signing in nothing is said about mail.
    @Test func severalAreTold() async throws {
        let office = archive.office
        try await office.issue("bob", by: (office.root, office.rootKey), at: ledger.clock.now(), .active)
        let bob = try #require(try await ledger.certificates().first { $0.subscriberID == "bob" })
        let both = try await outlook([try #require(archive.certificates["ada"]), bob])
        #expect(
            both.hasPrefix("\(Self.none); no device has it from Intune; 1 of 2: \(Self.archived); 1 of 2: "), "\(both)")
        #expect(both.hasSuffix("old mail stays readable only where the key is by now, for it is not archived"))
        try await note("logon", delivered: true, bob)
        #expect(try await outlook([bob]) == "\(Self.none); \(Self.kept)")
    }

    @Test func theDryRunOfTheAPITellsIt() async throws {
        let ada = try #require(archive.certificates["ada"])
        let expected = JSONValue.string(try await outlook([ada]))
        let one = try await archive.gateway.ask(
            "POST", "/certificates/\(ada.id)/revocations", query: [("dryRun", "true")], as: .administrator,
            ["because": "lost", "byHand": true], key: "one")
        #expect(one.status == 200 && one.json["follows"] == expected, "\(one.json)")
        let many = try await archive.gateway.ask(
            "POST", "/revocations", query: [("dryRun", "true")], as: .administrator,
            ["select": ["numbers": [JSONValue(Int(ada.id))]], "expect": 1, "because": "lost", "byHand": true],
            key: "many")
        #expect(many.status == 200 && many.json["follows"] == expected, "\(many.json)")
        #expect(try await ledger.standingActions(certificateIDs: [ada.id]).isEmpty)
    }
}
