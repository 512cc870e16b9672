// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import PKIX
import Settings
import Testing

@testable import Administration

/// Whose a certificate is that others have ordered: every name in it counts that identifies somebody, not addresses alone.
@Suite(.timeLimit(.minutes(1))) struct AdoptionRuleTests {
    private static let (own, other) = ("11111111-0000-0000-0000-000000000001", "22222222-0000-0000-0000-000000000002")
    private static let sid = "S-1-5-21-1-2-3-1001"

    struct Case: Sendable, CustomStringConvertible {
        let description: String
        var addresses = ["noah@example.org"]
        var signsInAs: [String] = []
        var identifier: String?
        /// What the template asks for beside the address.
        var wantsName = false
        var wantsIdentifier = false
        var isRevoked = false
        /// A part of the sentence; nil where nothing but its issuer stands against it.
        var refusedFor: String?
    }

    private static let cases = [
        Case(description: "nothing but the person's names"),
        Case(description: "revoked at its CA", isRevoked: true, refusedFor: "is seen as revoked"),
        Case(
            description: "an address of a colleague", addresses: ["ELODIE@example.org", "noah@example.org"],
            refusedFor: "ELODIE@example.org"),
        Case(description: "an address that nobody has any more", addresses: ["old@example.org", "noah@example.org"]),
        Case(
            description: "of somebody who is gone, whose alias the person has now",
            addresses: ["juergen@example.org", "alias@example.org"], refusedFor: "which nobody has now"),
        Case(
            description: "a colleague's name to sign in with", signsInAs: ["elodie.wolf@example.org"],
            refusedFor: "elodie.wolf@example.org"),
        Case(
            description: "logon as a colleague", signsInAs: ["elodie.wolf@example.org"], wantsName: true,
            refusedFor: "elodie.wolf@example.org"),
        Case(
            description: "logon without a name", wantsName: true,
            refusedFor: "does not sign in as noah.keller@example.org"),
        Case(
            description: "logon as two", signsInAs: ["noah.keller@example.org", "nobody@example.org"], wantsName: true,
            refusedFor: "does not sign in as noah.keller@example.org"),
        Case(description: "logon as it should be", signsInAs: ["Noah.Keller@example.org"], wantsName: true),
        Case(
            description: "another account's identifier", signsInAs: ["noah.keller@example.org"],
            identifier: "S-1-5-21-1-2-3-9",
            wantsName: true, wantsIdentifier: true, refusedFor: "security identifier is not that of"),
        Case(
            description: "no identifier", signsInAs: ["noah.keller@example.org"], wantsName: true,
            wantsIdentifier: true,
            refusedFor: "no security identifier"),
        Case(
            description: "the right identifier", signsInAs: ["noah.keller@example.org"], identifier: sid,
            wantsName: true,
            wantsIdentifier: true),
    ]

    @Test(arguments: cases) func aCertificateIsSomebodysByAllItsNames(_ one: Case) throws {
        let now = Date()
        let key = try PrivateKey.generate(.p256)
        var builder = try CertificateBuilder(
            profile: .smimeMultipurpose, subject: [("CN", "Noah")], publicKey: key.publicKey,
            alternativeNames: one.addresses.map { .rfc822Name($0) } + one.signsInAs.map { .userPrincipalName($0) },
            notBefore: now - 60, notAfter: now + 86_400)
        builder.extendedKeyUsage = [.emailProtection]
        builder.securityIdentifier = one.identifier
        let found = FoundCertificate(
            certificate: try builder.selfSigned(key: key), issuers: [], source: .file("export.pem"))
        let template = try ConfigurationReader.read(
            """
            templates: [{name: smime, group: 66666666-7777-8888-9999-000000000000, backendCA: ca, product: p, key: rsa2048, addressDomains: [example.org]}]
            """, file: "test"
        ).templates[0]
        let rule = AdoptionRule(
            template: template, backends: [],
            holders: [
                "noah@example.org": [Self.own], "alias@example.org": [Self.own], "noah.keller@example.org": [Self.own],
                "elodie@example.org": [Self.other], "elodie.wolf@example.org": [Self.other],
            ], revoked: one.isRevoked ? [found.certificate.sha256Fingerprint: "it is seen as revoked"] : [:], now: now)
        var names = RequestedNames()
        names.emails = ["noah@example.org"]
        if one.wantsName { names.userPrincipalName = "noah.keller@example.org" }
        if one.wantsIdentifier { names.securityIdentifier = Self.sid }
        let order = NewOrder(
            template: "smime", backendCA: "ca", product: "p", subscriberID: Self.own,
            userPrincipalName: "noah.keller@example.org", names: names.json, request: [:])
        let decided = rule.decide(order, [found]) { _ in false }
        #expect(decided.count == 1 && decided[0].outcome == .leave && decided[0].adopted == nil)
        // Without a backend CA the issuer is the last thing that is looked at.
        #expect(decided[0].reason.contains(one.refusedFor ?? "leads to no accepted root"), "\(decided[0].reason)")
        // The same where the person has got another one: what is wrong with this one comes first.
        let beside = rule.beside(order, found, own: rule)
        #expect(beside.reason.contains(one.refusedFor ?? "another one of the same person"), "\(beside.reason)")
    }
}
