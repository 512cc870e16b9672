// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX
import Testing
import YAMLDocuments

@testable import Rules

/// What the shipped rules find before anything is ordered.
@Suite struct OrderRuleTests {
    private static let now = CalendarDay.date("2026-11-27") ?? .distantPast

    private func findings(
        _ kind: String, _ names: RequestedNames?, product: String = "", at day: String = "2026-11-27",
        targets: Set<RuleTarget> = [], _ change: (inout OrderFacts) -> Void = { _ in }
    ) throws -> [RuleFinding] {
        let profile = try ConnectorProfile.read(
            "{connector: c, title: C, module: m, products: [{id: p, title: P\(product)}]}", file: "c.yaml")
        var facts = OrderFacts(purpose: .smime, keyType: .rsa2048, product: profile.product("p"))
        let smime = PublicSMIMEKind(text: kind)
        facts.kind = smime.map { RuleSubject.Kind($0.subject, $0.generation) }
        facts.names = names
        change(&facts)
        return RulePolicy().apply(
            try ShippedRules.book().findings(
                facts.json, about: RuleSubject(kind: facts.kind, targets: targets), .order,
                at: try #require(CalendarDay.date(day))))
    }

    private func found(
        _ kind: String, _ names: RequestedNames?, product: String = "", at day: String = "2026-11-27",
        targets: Set<RuleTarget> = [], _ change: (inout OrderFacts) -> Void = { _ in }
    ) throws -> [String] {
        try findings(kind, names, product: product, at: day, targets: targets, change).map {
            "\($0.severity) \($0.rule) \($0.field)"
        }
    }

    private let ada = RequestedNames(
        commonName: "Ada Beispiel", givenName: "Ada", surname: "Beispiel", emails: ["ada@example.com"])

    @Test func whatIsRightIsLeftAlone() throws {
        #expect(try found("sponsor-multipurpose", ada) == [])
        #expect(try found("mailbox-strict", RequestedNames(emails: ["ada@example.com"])) == [])
        // The CA takes the address alone, whatever the template makes.
        #expect(try found("mailbox-strict", ada, product: ", names: {allowed: [emails]}") == [])
        // A private CA is bound by none of it.
        #expect(try found("", RequestedNames(commonName: "Ada")) == [])
    }

    @Test func namesOfAPersonInAMailboxCertificateStop() throws {
        #expect(
            try found("mailbox-strict", ada) == [
                "stop smbr-7.1.4.2.3-mailbox-attrs givenName", "stop smbr-7.1.4.2.3-mailbox-attrs surname",
                "stop smbr-7.1.4.2.2a-cn-mailbox commonName",
            ])
    }

    @Test(
        arguments: [
            (
                "title n/a", RequestedNames(commonName: "Ada Beispiel", surname: "N/A", emails: ["ada@example.com"]),
                "stop smbr-7.1.4.2-metadata-only surname"
            ),
            (
                "dash",
                RequestedNames(
                    commonName: "Ada Beispiel", givenName: "-", surname: "Beispiel", emails: ["ada@example.com"]),
                "stop smbr-7.1.4.2-metadata-only givenName"
            ),
            (
                "other name",
                RequestedNames(
                    commonName: "Totally Different", givenName: "Ada", surname: "Beispiel", emails: ["ada@example.com"]),
                "warn smbr-7.1.4.2.2a-cn-person commonName"
            ),
            (
                "department",
                RequestedNames(
                    commonName: "Ada Beispiel", surname: "Beispiel", organizationalUnit: "Sales",
                    emails: ["ada@example.com"]), "warn smbr-7.1.4.2.2c-ou organizationalUnit"
            ),
            (
                "country",
                RequestedNames(
                    commonName: "Ada Beispiel", surname: "Beispiel", country: "de", emails: ["ada@example.com"]),
                "stop smbr-7.1.4.2.2n-country country"
            ),
            (
                "no such country",
                RequestedNames(
                    commonName: "Ada Beispiel", surname: "Beispiel", country: "ZZ", emails: ["ada@example.com"]),
                "stop smbr-7.1.4.2.2n-country country"
            ),
            (
                "place without country",
                RequestedNames(
                    commonName: "Ada Beispiel", surname: "Beispiel", locality: "Berlin", emails: ["ada@example.com"]),
                "stop smbr-7.1.4.2.2-address-needs locality"
            ),
            (
                "pseudonym",
                RequestedNames(
                    commonName: "Countess", givenName: "Ada", pseudonym: "Countess", emails: ["ada@example.com"]),
                "stop smbr-7.1.4.2.2e-pseudonym-mix givenName"
            ),
            (
                "nobody", RequestedNames(commonName: "ada@example.com", emails: ["ada@example.com"]),
                "stop smbr-7.1.4.2.5-person givenName"
            ),
            (
                "entity",
                RequestedNames(commonName: "Ada &amp; Beispiel", surname: "Beispiel", emails: ["ada@example.com"]),
                "warn own-name-chars commonName"
            ),
            (
                "internal domain",
                RequestedNames(commonName: "Ada Beispiel", surname: "Beispiel", emails: ["ada@corp.local"]),
                "stop own-domain-public emails"
            ),
            (
                "underscore",
                RequestedNames(commonName: "Ada Beispiel", surname: "Beispiel", emails: ["ada@ex_ample.com"]),
                "stop rfc5321-domain emails"
            ),
            (
                "foreign address",
                RequestedNames(commonName: "bob@example.com", surname: "Beispiel", emails: ["ada@example.com"]),
                "stop smbr-7.1.4.2.1-subject-mail-in-san commonName"
            ),
            (
                "capitals", RequestedNames(commonName: "Ada@Example.com", surname: "Ada", emails: ["ada@example.com"]),
                "warn own-mailbox-case commonName"
            ),
            (
                "logon name",
                RequestedNames(
                    commonName: "Ada Beispiel", surname: "Beispiel", emails: ["ada@example.com"],
                    userPrincipalName: "ada@example.com"), "warn smbr-7.1.4.2.1-othername-stated userPrincipalName"
            ),
        ] as [(String, RequestedNames, String)])
    func whatIsWrongIsSaidWithItsField(_ what: String, _ names: RequestedNames, _ expected: String) throws {
        let all = try found("sponsor-multipurpose", names)
        #expect(all.contains(expected), "\(what): \(all)")
    }

    /// ü and ue, é and e are one letter when names are compared.
    @Test(arguments: ["Jürgen", "Juergen", "JÜRGEN"]) func spellingsOfANameAreOne(_ name: String) throws {
        let names = RequestedNames(
            commonName: "Herr \(name)", givenName: "Jürgen", surname: "Ödön", emails: ["j@example.com"])
        #expect(try found("individual-multipurpose", names) == [])
    }

    /// What the rules of 1 July 2027 hit is seen before that day, and stops from it on.
    @Test func aRuleOfADayCountsFromThatDay() throws {
        func usages(_ day: String) throws -> [String] {
            try found("sponsor-multipurpose", ada, at: day) {
                $0.furtherUsages = ["1.3.6.1.5.5.7.3.36", .clientAuthentication]
            }
        }
        #expect(try usages("2027-06-30") == ["warn smbr-7.1.2.3f-eku-ends extendedKeyUsage"])
        #expect(try usages("2027-07-01") == ["stop smbr-7.1.2.3f-eku-2027 extendedKeyUsage"])
        #expect(
            try found("sponsor-strict", ada) { $0.furtherUsages = [.clientAuthentication] }
                == ["stop smbr-7.1.2.3f-eku-strict extendedKeyUsage"])
    }

    @Test func theTemplateAloneIsLookedAtWithoutAPerson() throws {
        #expect(try found("mailbox-strict", nil) == [])
        #expect(try found("mailbox-strict", nil) { $0.validityDays = 826 } == ["stop smbr-6.3.2-validity validity"])
        #expect(
            try found("mailbox-strict", nil) { $0.validityDays = 825 } == ["warn smbr-6.3.2-validity-edge validity"])
        #expect(try found("mailbox-legacy", nil) == ["stop smbr-7.1.6.1-legacy-end product"])
    }

    @Test func targetsAddTheirRules() throws {
        let logon = RequestedNames(commonName: "Ada", userPrincipalName: "ada@example.com")
        func logonFacts(_ facts: inout OrderFacts) { facts.purpose = .clientAuthentication }
        #expect(try found("", logon, targets: [.entra]) { $0.purpose = .clientAuthentication } == [])
        #expect(
            try found("", logon, targets: [.entra, .activeDirectory]) { $0.purpose = .clientAuthentication }
                == ["stop ad-sid securityIdentifier"])
        #expect(
            try found("", ada, targets: [.outlookMobile]) { $0.primaryAddress = "ada@other.example" }
                == ["stop outlook-mobile-address emails"])
        #expect(try found("", ada, targets: [.outlookMobile]) { $0.primaryAddress = "Ada@example.com" } == [])
    }

    @Test func anAdministratorDecidesOtherwise() throws {
        let all = try findings("mailbox-strict", ada)
        let policy = RulePolicy(
            rules: ["smbr-7.1.4.2.2a-cn-mailbox": .stop], severities: [.stop: .warn, .warn: .accept])
        #expect(
            policy.apply(all).map { "\($0.severity) \($0.rule)" } == [
                "stop smbr-7.1.4.2.2a-cn-mailbox", "warn smbr-7.1.4.2.3-mailbox-attrs",
                "warn smbr-7.1.4.2.3-mailbox-attrs",
            ])
        #expect(RulePolicy(severities: [.stop: .accept]).apply(all) == [])
    }

    @Test func caaDecidesByTheIssuersDomains() throws {
        let names = RequestedNames(emails: ["ada@example.com"])
        func caa(_ issuers: [String]?, ours: [String], critical: String? = nil) throws -> [String] {
            try found("mailbox-strict", names) {
                $0.caaIdentifiers = ours
                $0.caa = [
                    CAAFinding(
                        domain: "example.com", state: .found, holder: "example.com", issuers: issuers,
                        criticalTag: critical)
                ]
            }
        }
        #expect(try caa(nil, ours: ["ca.example"]) == [])
        #expect(try caa(["other.example", "ca.example"], ours: ["ca.example"]) == [])
        #expect(try caa(["other.example"], ours: ["ca.example"]) == ["stop rfc9495-caa example.com"])
        #expect(try caa(["other.example"], ours: []) == ["warn rfc9495-caa example.com"])
        #expect(try caa([""], ours: []) == ["stop rfc9495-caa example.com"])
        #expect(try caa(["", "ca.example"], ours: ["ca.example"]) == [])
        #expect(try caa(nil, ours: ["ca.example"], critical: "odd") == ["stop rfc9495-caa example.com"])
        #expect(
            try found("mailbox-strict", names) {
                $0.caa = [CAAFinding(domain: "example.com", state: .unknown, detail: "no answer")]
            } == ["warn rfc9495-caa example.com"])
    }
}
