// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Drift
import Foundation
import Gateway
import JSONDocuments
import Ledger
import PKIX
import Planning
import Settings
import Testing

@testable import Administration

/// What single things that cannot be read are to a comparison, what of one is kept, and how much is mended at once.
@Suite(.timeLimit(.minutes(2))) struct DriftAdministrationTests {
    private let office: Office
    private static let now = Date(timeIntervalSince1970: 1_790_000_000)

    init() async throws {
        office = try await Office()
        let key = try PrivateKey.generate(.p256)
        let agent = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", "kra")], publicKey: key.publicKey, notBefore: Office.start,
            notAfter: Office.end
        ).selfSigned(key: key)
        try office.folder.write(agent.pem, to: "kra.pem")
        try await configure()
    }

    /// - Parameter services: further members.
    private func configure(_ services: String = "") async throws {
        let yaml = office.yaml(
            more: """
                keyRecoveryAgents: [{name: kra, certificate: "\(office.folder.path("kra.pem"))"}]
                limits: {endingsPerRun: 3, driftEvery: 7d}
                \(services)
                """
        ).replacing(
            "product: p, delivery: none}",
            with: "product: p, delivery: none, keyRecoveryAgents: [kra], limits: {endingsPerRun: 2}}")
        try await office.apply(yaml)
    }

    private var drift: DriftAdministration {
        get async throws { DriftAdministration(try await office.gateway(), caller: .commandLine("eve")) }
    }

    /// A certificate in use whose key the archive has as `cms`; nil for one that it has not.
    private func issue(_ person: String, archivedAs cms: [UInt8]?, request: JSONValue = [:]) async throws {
        let ledger = office.ledger
        let leaf = try CertificateBuilder(
            profile: .smime, subject: [("CN", person)], publicKey: PrivateKey.generate(.p256).publicKey,
            notBefore: Date() - 60, notAfter: Office.end
        ).signed(by: office.root, key: office.rootKey)
        let order = try await ledger.plan(
            NewOrder(
                template: "smime", backendCA: "one", product: "p", subscriberID: person,
                userPrincipalName: "\(person)@example.org", names: [:], request: request))
        let claims = try await ledger.claim(limit: 100, owner: "node", leaseFor: .seconds(600))
        let claim = try #require(claims.first { $0.orderID == order.id })
        try await ledger.record(
            claim, OrderChange("keyed", "key").stage(.keyed).sealedKey([1], publicKey: [2], csr: [3]))
        try await ledger.record(
            claim, OrderChange("submitting", "gone").stage(.submitted).submission(at: Date(), to: "c"))
        var change = OrderChange("issued", "here").stage(.issued).certificate(
            NewCertificate(
                der: leaf.der, chain: [office.root.der], serialNumber: leaf.serialNumber.hex,
                issuer: leaf.issuer.description, subject: leaf.subject.description,
                sha1Fingerprint: leaf.sha1Fingerprint, sha256Fingerprint: leaf.sha256Fingerprint,
                notBefore: leaf.notBefore, notAfter: leaf.notAfter, emailAddresses: []))
        if let cms { change = change.archivedKey(cms: cms, recipients: ["kra"]) }
        try await ledger.record(claim, change)
        try await ledger.record(claim, OrderChange("activated", "in use").stage(.active))
        for claim in claims { try await ledger.release(claim) }
    }

    @Test func aBrokenRecordOfTheArchiveHidesNoOther() async throws {
        try await issue("ada", archivedAs: [1, 2, 3])
        try await issue("bob", archivedAs: nil)
        let report = try await drift.report(DriftWish(sources: [.archive]))
        #expect(report.isWhole, "\(report.places)")
        let found = Dictionary(
            report.findings.map { ($0.userPrincipalName ?? "", $0.kind) }, uniquingKeysWith: { $1 })
        #expect(found == ["ada@example.org": .archiveBroken, "bob@example.org": .notArchived])
    }

    @Test func anOrderThatCannotBeReadKeepsNoOtherFromBeingExpected() async throws {
        try office.folder.write("secret", to: "client")
        try office.folder.write(try PrivateKey.generate(.rsa2048).publicKey.pem, to: "intune.pem")
        try await configure(
            """
            tenant: {id: \(Office.tenant), clientID: \(Office.application), clientSecret: "file:\(office.folder.path("client"))"}
            intune: {publicKey: "\(office.folder.path("intune.pem"))", providerName: KSP, keyName: key}
            """)
        let gateway = try await office.gateway()
        var template = try #require(gateway.configuration.template("smime"))
        template.delivery = .intune
        try await issue("ada", archivedAs: nil, request: ["written": "by another version"])
        try await issue("bob", archivedAs: nil, request: OrderTerms(template: template).json)
        try await issue("cecil", archivedAs: nil, request: OrderTerms(template: template).json)
        let records = try await office.ledger.certificates(CertificateFilter())
        let uploader = try #require(try gateway.uploader(try gateway.graphClient()))
        let intune = try #require(gateway.configuration.intune)
        let found = try await gateway.deliveryExpectations(of: records, intune, uploader)
        #expect(Set(found.expected.values.map(\.subscriberID)) == ["bob", "cecil"])
        #expect(found.unreadable.count == 1 && found.unreadable.values.first?.contains("another version") == true)
    }

    /// In the numbers of metrics, on the first page and in the daily mail.
    @Test func whatIsGraveIsToldToWhoeverLooks() async throws {
        let gateway = try await office.gateway()
        #expect(try await DriftTally.last(in: office.ledger) == nil)
        try await issue("bob", archivedAs: nil)
        let facts = try await DriftAdministration.compare(gateway)
        #expect(facts["danger"] == 1, "\(facts)")
        let tally = try #require(try await DriftTally.last(in: office.ledger))
        #expect(tally.count(.danger) == 1 && tally.missed == facts["notCompared"] && tally.missed > 0)
        let needs = try await OverviewAdministration(gateway).needs(at: Date())
        #expect(needs.contains { $0.kind == .drift && $0.count == 1 && $0.text.hasPrefix("1 grave difference") })
        let mail = try await Digest.values(gateway)
        #expect(mail["needs"]?.contains("1 grave difference between the ledger") == true)
        let schedule = try await drift.schedule()
        #expect(schedule.every == .seconds(7 * 86_400) && schedule.run == nil && !schedule.isRunning)
        // Who compares a part only keeps nothing of it.
        _ = try await drift.report(DriftWish(sources: [.signIn]))
        #expect(try await DriftTally.last(in: office.ledger)?.count(.danger) == 1)
    }

    @Test func noMoreIsMendedThanTheTemplateAllows() async throws {
        for person in ["ada", "bob", "cecil"] { try await issue(person, archivedAs: nil) }
        let gateway = try await office.gateway()
        let findings = try await office.ledger.certificates(CertificateFilter()).map { record in
            var finding = DriftFinding(.recordOfCompromised, subject: record.sha256Fingerprint)
            (finding.certificateID, finding.template) = (record.id, record.template)
            return finding
        }
        try #require(findings.count == 3 && DriftRule.of(.recordOfCompromised).repair == .withdraw)
        let mender = DriftMender(
            gateway: gateway, caller: .commandLine("eve"), sight: DriftReader.Sight(), isDryRun: true)
        let all = try await mender.mend(findings).outcomes
        #expect(all.map(\.word) == [.left, .left, .left])
        #expect(all.allSatisfy { $0.sentence.contains("limits.endingsPerRun of template smime (2)") }, "\(all)")
        let two = try await mender.mend(Array(findings.prefix(2))).outcomes
        #expect(two.allSatisfy { !$0.sentence.contains("endingsPerRun") }, "\(two)")
    }

    @Test func aRepairOfMuchIsCutAndCountedWhole() {
        let finding = DriftFinding(.recordUnknown, subject: "a")
        let report = DriftReport(
            readAt: Self.now, places: [], findings: Array(repeating: finding, count: 5))
        let repairs = DriftAdministration.Repairs(
            report: report, outcomes: report.findings.map { DriftOutcome($0, .left, "so") }, problems: ["odd"],
            isDryRun: false, gone: [])
        let json = repairs.json(most: 2)
        #expect(json["outcomes"]?.array?.count == 2 && json["left"] == 5 && json["total"] == 5)
        #expect(json["problems"] == ["odd"])
    }
}
