// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import TestSupport
import Testing

@testable import LocalCAPlugin

/// pkilint on everything that the CA signs, in all its life.
@Suite(.timeLimit(.minutes(10))) struct LinterTests {
    /// What the CA/Browser Forum wants of S/MIME certificates that everybody trusts and a private CA has no use for.
    static let accepted: Set = [
        // The policies it wants are the Forum's own, for CAs that are audited.
        "cabf.smime.certificate_policies_extension_missing"
    ]

    private let site = "http://pki.example.com/"

    @Test(arguments: [KeyType.rsa2048, .p384]) func nothingIsFound(_ keyType: KeyType) async throws {
        let fixture = try LocalCAFixture(
            keyType: keyType, crlURL: site + "issuing.crl", issuerURL: site + "issuing.cer")
        let connector = try fixture.makeConnector()
        let settings = try LocalCASettings(fixture.settings)
        var leaves: [(path: String, isSMIME: Bool)] = []
        func enroll(_ round: Int) async throws {
            for (product, purpose) in [
                ("smime", CertificatePurpose.smime), ("smime-encryption", .smimeEncryption),
                ("smime-signing", .smimeSigning), ("client-authentication", .clientAuthentication),
            ] {
                let isSMIME = purpose != .clientAuthentication
                let names = RequestedNames(
                    commonName: "ada@example.com", emails: ["ada@example.com"],
                    userPrincipalName: isSMIME ? nil : "ada@example.com",
                    securityIdentifier: isSMIME ? nil : "S-1-5-21-1-2-3-4")
                let request = try LocalCAFixture.request(
                    "\(product)-\(round)", product: product, purpose: purpose, keyType: keyType, names: names)
                let chain = try #require(try await connector.enroll(request).chain)
                _ = try await connector.revoke(
                    RevocationRequest(certificate: chain[0], order: CAOrder(chain[0]), reason: .superseded, comment: "")
                )
                let path = fixture.path + "/\(product)-\(round).pem"
                // The folder's own file holds the chain, and the judge reads one certificate.
                try chain[0].pem.write(toFile: path, atomically: true, encoding: .utf8)
                leaves.append((path, isSMIME))
            }
        }
        try await enroll(1)
        let first = fixture.path + "/first.pem"
        try fixture.authorities[0].pem.write(toFile: first, atomically: true, encoding: .utf8)
        _ = try LocalCAAuthority.renew(settings, fixture.ceremony, newKey: nil, now: fixture.clock.now())
        _ = try LocalCAAuthority.renew(settings, fixture.ceremony, newKey: keyType, now: fixture.clock.now())
        try await enroll(2)
        _ = try LocalCAAuthority.signRootCRL(
            settings, fixture.ceremony, revoking: fixture.authorities[0].serialNumber, reason: .superseded,
            now: fixture.clock.now())
        try await judgeLists(fixture)

        let authorities = [first, fixture.file("issuing.pem"), fixture.file("issuing-2.pem")]
        for path in authorities + [fixture.file("root.pem")] + leaves.map(\.path) {
            #expect(try await Linter.findings("lint_pkix_cert", [path]) == [], "\(path)")
        }
        for path in authorities {
            #expect(
                try await Linter.findings("lint_pkix_signer_signee_cert_chain", [fixture.file("root.pem"), path]) == [])
        }
        for (index, leaf) in leaves.enumerated() {
            let issuer = authorities[index < 4 ? 1 : 2]
            #expect(try await Linter.findings("lint_pkix_signer_signee_cert_chain", [issuer, leaf.path]) == [])
            guard leaf.isSMIME else { continue }
            let found = try await Linter.findings("lint_cabf_smime_cert", ["-t", "MAILBOX-STRICT", leaf.path])
            #expect(Set(found) == Self.accepted, "\(leaf.path)")
        }
        _ = try LocalCAAuthority.retire(
            settings, fixture.ceremony, revokingAll: .cessationOfOperation, now: fixture.clock.now())
        // The last list lasts for years: the Forum's rules end with the CA.
        for name in ["issuing.crl", "issuing-2.crl"] {
            #expect(
                try await Linter.findings("lint_crl", ["-t", "CRL", "-p", "PKIX", fixture.file(name)]) == [], "\(name)")
        }
    }

    private func judgeLists(_ fixture: LocalCAFixture) async throws {
        for (name, type) in [("root.crl", "ARL"), ("issuing.crl", "CRL"), ("issuing-2.crl", "CRL")] {
            let count = try CertificateRevocationList(der: fixture.bytes(name)).entries.count
            #expect(count == (type == "ARL" ? 1 : 4))
            for rules in ["PKIX", "BR"] {
                let found = try await Linter.findings("lint_crl", ["-t", type, "-p", rules, fixture.file(name)])
                #expect(found == [], "\(name) by \(rules)")
            }
        }
    }

    /// The judge is awake: what is wrong is found.
    @Test func theLinterFindsMistakes() async throws {
        let fixture = try LocalCAFixture()
        let leaf = try #require(
            try await fixture.makeConnector().enroll(LocalCAFixture.request("order-1")).chain?.first)
        let path = fixture.path + "/leaf.pem"
        try leaf.pem.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(leaf.crlDistributionPoints.isEmpty)
        let found = try await Linter.findings("lint_cabf_smime_cert", ["-t", "MAILBOX-STRICT", path])
        #expect(!Set(found).subtracting(Self.accepted).isEmpty)
        let key = try PrivateKey.generate(.p256)
        let root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Root")], publicKey: key.publicKey, notBefore: Date(),
            notAfter: Date() + 86_400
        ).selfSigned(key: key)
        let late = try CertificateRevocationList.make(
            issuer: root, key: key, number: 1, thisUpdate: Date(), nextUpdate: Date() + 20 * 86_400, entries: [])
        try Data(late.der).write(to: URL(fileURLWithPath: fixture.path + "/late.crl"))
        #expect(try await !Linter.findings("lint_crl", ["-t", "CRL", "-p", "BR", fixture.path + "/late.crl"]).isEmpty)
    }
}
