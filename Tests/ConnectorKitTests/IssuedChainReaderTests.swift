// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Testing

/// What a connector makes of the certificates in an answer, and the host of that.
@Suite struct IssuedChainReaderTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    /// The issuing CA is certified by two roots, and one root by the other: with either accepted the order is right, however the
    /// CA sorted its answer.
    @Test func crossCertificatesInEveryOrder() throws {
        let (keyA, keyB, key) = (
            try PrivateKey.generate(.p256), try PrivateKey.generate(.p256), try PrivateKey.generate(.p256)
        )
        func builder(_ profile: CertificateProfile, _ name: String, _ key: PrivateKey) throws -> CertificateBuilder {
            CertificateBuilder(
                profile: profile, subject: [("CN", name)], publicKey: try key.publicKey, notBefore: Self.now - 86_400,
                notAfter: Self.now + 86_400 * 1825)
        }
        let rootA = try builder(.rootAuthority, "A", keyA).selfSigned(key: keyA)
        let rootB = try builder(.rootAuthority, "B", keyB).selfSigned(key: keyB)
        let underA = try builder(.issuingAuthority, "Issuing", key).signed(by: rootA, key: keyA)
        let underB = try builder(.issuingAuthority, "Issuing", key).signed(by: rootB, key: keyB)
        let names = RequestedNames(commonName: "Ada", emails: ["ada@example.test"])
        let leafKey = try PrivateKey.generate(.p256)
        let request = CertificateRequest(
            reference: "cw-1", product: "p",
            csr: try .make(subject: names.distinguishedName, alternativeNames: names.alternativeNames, key: leafKey),
            names: names, validityDays: 365, purpose: .smime)
        let leaf = try CertificateBuilder(
            profile: .smime, subject: names.distinguishedName, publicKey: leafKey.publicKey,
            alternativeNames: names.alternativeNames, notBefore: Self.now - 60, notAfter: Self.now + 86_400 * 365
        ).signed(by: underA, key: key)
        let reader = IssuedChainReader(try ConnectorProfile.read(Profiles.complete, file: "x.yaml"))
        for sent in [
            [leaf, underA, underB, rootA, rootB], [rootB, underB, rootA, underA, leaf], [underB, leaf, underA],
        ] {
            let chain = try reader.chain(sent, for: leafKey.publicKey)
            #expect(chain.first == leaf && Set(chain) == [leaf, underA, underB])
            let issued = IssuedCertificate(certificateChain: chain, order: CAOrder(caRequestID: "1"))
            for (root, issuer) in [(rootA, underA), (rootB, underB)] {
                let check = IssuedCertificateCheck(acceptedRoots: [root], now: Self.now)
                #expect(check.problems(of: issued, for: request).isEmpty)
                #expect(try check.issuers(of: issued, for: request) == [issuer])
            }
        }
    }
}
