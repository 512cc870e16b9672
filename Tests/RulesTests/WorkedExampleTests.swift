// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Testing
import YAMLDocuments

@testable import Rules

/// Certificates that break one rule each, made here.
@Suite struct WorkedExampleTests {
    private static let policy = ["mailbox": "1", "organization": "2", "sponsor": "3", "individual": "4"]
    private static let now = CalendarDay.date("2026-11-26") ?? .distantPast

    private func said(
        _ kind: String, subject: DistinguishedName, san: [GeneralName] = [.rfc822Name("ada@example.com")],
        _ change: (inout CertificateBuilder) throws -> Void = { _ in }
    ) throws -> [String] {
        let smime = try #require(PublicSMIMEKind(text: kind))
        let rootKey = try PrivateKey.generate(.rsa3072)
        var authority = try CertificateBuilder(
            profile: .rootAuthority, subject: [("O", "Example CA"), ("CN", "CA")], publicKey: rootKey.publicKey,
            notBefore: Self.now - 86_400 * 100, notAfter: Self.now + 86_400 * 3650)
        authority.keyUsage = [.keyCertSign, .cRLSign]
        let issuer = try authority.selfSigned(key: rootKey)
        let key = try PrivateKey.generate(.rsa2048)
        var builder = try CertificateBuilder(
            profile: .smime, subject: subject, publicKey: key.publicKey, alternativeNames: san, notBefore: Self.now,
            notAfter: Self.now + 86_400 * 365 - 1)
        let generation = ["legacy": "1", "multipurpose": "2", "strict": "3"][smime.generation?.rawValue ?? ""] ?? ""
        builder.certificatePolicies = ["2.23.140.1.5.\(Self.policy[smime.subject.rawValue] ?? "").\(generation)"]
        builder.crlDistributionPoints = ["http://crl.example.com/a.crl"]
        builder.caIssuersURLs = ["http://aia.example.com/a.cer"]
        try change(&builder)
        let leaf = try builder.signed(by: issuer, key: rootKey)
        let kind = RuleSubject.Kind(smime.subject, smime.generation)
        var order = OrderFacts(purpose: .smime, keyType: .rsa2048, product: nil)
        order.kind = kind
        let facts = CertificateFacts(leaf, issuer: issuer, order: order, now: Self.now)
        let found = try ShippedRules.book().findings(
            facts.json, about: RuleSubject(kind: kind), .certificate, at: Self.now)
        return RulePolicy().apply(found).map { "\($0.severity) \($0.rule)" }.reduce(into: []) { all, one in
            if !all.contains(one) { all.append(one) }
        }
    }

    private let address: DistinguishedName = [("CN", "ada@example.com")]
    private let person: DistinguishedName = [
        ("C", "DE"), ("O", "Example GmbH"), ("organizationIdentifier", "NTRDE-DER3306.HRB12345"), ("SN", "Beispiel"),
        ("GN", "Ada"), ("CN", "Ada Beispiel"),
    ]

    @Test func whatIsRightIsLeftAlone() throws {
        #expect(try said("mailbox-strict", subject: address) == [])
        #expect(try said("sponsor-multipurpose", subject: person) == [])
    }

    @Test func legacyHasEnded() throws {
        #expect(
            try said("sponsor-legacy", subject: person) { $0.notAfter = Self.now + 86_400 * 1100 - 1 }
                == ["stop smbr-7.1.6.1-legacy-end"])
    }

    @Test(arguments: [
        ("ada@corp.local", ["stop own-domain-public"]), ("ada@ex_ample.com", ["stop rfc5321-domain"]),
        ("ada@onmicrosoft.com", ["stop own-domain-public"]),
    ]) func domainsThatNobodyCanProve(_ mail: String, _ expected: [String]) throws {
        #expect(try said("mailbox-multipurpose", subject: [("CN", mail)], san: [.rfc822Name(mail)]) == expected)
    }

    @Test func valuesThatSayNothing() throws {
        let subject = DistinguishedName(
            person.attributes.filter { $0.type != "CN" }
                + [.init("title", "N/A"), .init("CN", "Totally Different")])
        #expect(
            try said("sponsor-multipurpose", subject: subject)
                == ["stop smbr-7.1.4.2-metadata-only", "warn smbr-7.1.4.2.2a-cn-person"])
    }

    @Test func twoAddressesAndAShortSerialNumber() throws {
        let subject: DistinguishedName = [
            ("CN", "ada@example.com"), ("emailAddress", "ada@example.com"), ("emailAddress", "ada@example.com"),
        ]
        #expect(
            try said("mailbox-multipurpose", subject: subject) { $0.serialNumber = SerialNumber([77]) }
                == ["warn smbr-7.1.4.2.2h-email-one", "warn smbr-7.1-serial"])
    }

    @Test func anAddressInOtherCapitals() throws {
        #expect(try said("mailbox-multipurpose", subject: [("CN", "Ada@Example.com")]) == ["warn own-mailbox-case"])
    }

    @Test func theExtensionOfWindowsAndTheLongestValidity() throws {
        let found = try said("sponsor-multipurpose", subject: person) {
            $0.securityIdentifier = "S-1-5-21-1-2-3-1104"
            $0.notAfter = Self.now + 86_400 * 825 - 1
        }
        #expect(found == ["warn smbr-7.1.2.4-private-ext", "warn smbr-6.3.2-validity-edge"])
        #expect(
            try said("sponsor-multipurpose", subject: person) { $0.notAfter = Self.now + 86_400 * 825 }
                == ["stop smbr-6.3.2-validity"])
    }

    @Test func anotherKindThanOrdered() throws {
        #expect(
            try said("mailbox-strict", subject: address) { $0.certificatePolicies = ["2.23.140.1.5.1.2"] }
                == ["stop own-policy-type"])
        #expect(
            try said("mailbox-strict", subject: address) { $0.certificatePolicies = [] }
                == ["stop smbr-7.1.6.1-policy-one"])
    }

    /// For a logon certificate of a private CA the targets decide.
    @Test func aLogonCertificate() throws {
        let key = try PrivateKey.generate(.rsa2048)
        var builder = try CertificateBuilder(
            profile: .clientAuthentication, subject: [("CN", "Ada")], publicKey: key.publicKey,
            alternativeNames: [.userPrincipalName("ada@example.com")], notBefore: Self.now,
            notAfter: Self.now + 86_400 * 365)
        builder.extendedKeyUsage = [.clientAuthentication, .smartCardLogon]
        builder.securityIdentifier = "S-1-5-21-1-2-3-1104"
        builder.crlDistributionPoints = ["http://crl.example.com/a.crl"]
        var root = builder
        root.isAuthority = true
        root.keyUsage = [.keyCertSign, .digitalSignature]
        let issuer = try root.selfSigned(key: key)
        let book = try ShippedRules.book()
        func said(_ leaf: Certificate) -> [String] {
            let subject = RuleSubject(kind: nil, targets: [.entra, .activeDirectory, .windows])
            let facts = CertificateFacts(leaf, issuer: issuer, now: Self.now)
            return book.findings(facts.json, about: subject, .certificate, at: Self.now).map(\.rule)
        }
        #expect(said(try builder.signed(by: issuer, key: key)) == [])
        builder.securityIdentifier = nil
        builder.extendedKeyUsage = [.clientAuthentication]
        #expect(said(try builder.signed(by: issuer, key: key)) == ["ad-sid", "win-logon-eku"])
    }
}
