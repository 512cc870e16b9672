// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Names
import PKIX
import Settings
import Store
import Testing

@testable import Administration
@testable import Planning

/// Why a certificate of another product stands for no order: the reason is that of its person, and never one that is untrue.
@Suite(.timeLimit(.minutes(5))) struct AdoptionStrangersTests {
    private let office: Office
    private let now: Date

    init() async throws {
        office = try await Office()
        now = office.ledger.clock.now()
    }

    private func found(_ address: String, until: TimeInterval = 86_400) throws -> FoundCertificate {
        let key = try PrivateKey.generate(.p256)
        let builder = try CertificateBuilder(
            profile: .smimeMultipurpose, subject: [("CN", address)], publicKey: key.publicKey,
            alternativeNames: [.rfc822Name(address)], notBefore: now - 90_000, notAfter: now + until)
        return FoundCertificate(
            certificate: try builder.selfSigned(key: key), issuers: [], source: .file("export.pem"))
    }

    private func decide(
        _ person: String, _ verdict: EnrollmentDecision.Verdict, _ reason: String, template: String = "smime"
    ) async throws {
        try await office.store.database.write { connection in
            let decision = EnrollmentDecision(
                template: template, subscriberID: person, userPrincipalName: "\(person)@example.org", verdict: verdict,
                reason: reason, names: RequestedNames(commonName: person), newestOrder: 0)
            try DecisionStore.put([decision], on: connection)
        }
    }

    private func explain(
        _ found: [FoundCertificate], planned: Set<String> = ["smime", "logon"], revoked: [String: String] = [:]
    ) async throws -> [Adoption] {
        let people = ["ada", "bob", "eve", "kim", "noah"]
        let gateway = try await office.gateway()
        return try await AdoptionStrangers(
            gateway: gateway, templates: gateway.configuration.templates, planned: planned,
            holders: Dictionary(uniqueKeysWithValues: people.map { ("\($0)@example.org", [$0]) }), held: [],
            revoked: revoked
        ).explain(found)
    }

    @Test func eachIsLeftForTheReasonOfItsPerson() async throws {
        try await office.issue("ada", by: (office.root, office.rootKey), at: now - 60, .active)
        let serial = try await office.ledger.certificates()[0].serialNumber
        try await decide("ada", .covered, "")
        try await decide("bob", .skipped, "the account is disabled")
        try await decide("noah", .left, "left the group")
        let names = ["ada", "bob", "eve", "noah", "nobody"]
        let explained = try await explain(try names.map { try found("\($0)@example.org") })
        #expect(
            explained.map(\.reason) == [
                "ada@example.org has another one by template smime already: \(serial)",
                "template smime orders nothing for bob@example.org: the account is disabled",
                "no template is for eve",
                "template smime orders nothing for noah@example.org: left the group",
                "nobody in the directory has one of its names: have it revoked where it was ordered",
            ])
        #expect(explained.allSatisfy { $0.outcome == .leave && $0.adopted == nil })
        #expect(explained[1].userPrincipalName == "bob@example.org" && explained[1].template == "smime")
    }

    /// What the CA says of a certificate comes before whose it is.
    @Test func revokedAndOverComeFirst() async throws {
        try await decide("bob", .skipped, "the account is disabled")
        let (revoked, over) = (try found("bob@example.org"), try found("bob@example.org", until: -60))
        let explained = try await explain(
            [revoked, over], revoked: [revoked.certificate.sha256Fingerprint: "it is seen as revoked"])
        #expect(explained.map(\.reason) == ["it is seen as revoked", "it is over"])
    }

    /// The verdicts of a template that could not be looked at are those of another day.
    @Test func whatCouldNotBeReadIsNotKnown() async throws {
        try await decide("bob", .skipped, "the account is disabled")
        let explained = try await explain([try found("bob@example.org")], planned: ["logon"])
        #expect(explained[0].reason.contains("is not known: smime could not be looked at"), "\(explained[0].reason)")
        let need = AdoptionReport.Need(template: "smime", before: nil, after: nil)
        let report = AdoptionReport(adoptions: [], toOrder: [need], problems: [])
        #expect(report.json()["toOrder"]?[0]?["before"] == .null && report.json()["toOrder"]?[0]?["after"] == .null)
    }
}
