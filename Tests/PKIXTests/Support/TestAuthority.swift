// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// A root and an issuing CA made for one test.
struct TestAuthority {
    let rootKey: PrivateKey
    let root: Certificate
    let key: PrivateKey
    let certificate: Certificate
    let now = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))

    init(_ type: KeyType = .p256) throws {
        rootKey = try .generate(type)
        root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("O", "Example"), ("CN", "Test Root")], publicKey: rootKey.publicKey,
            notBefore: now - 3600, notAfter: now + 86400 * 3650
        ).selfSigned(key: rootKey)
        key = try .generate(type)
        certificate = try CertificateBuilder(
            profile: .issuingAuthority, subject: [("O", "Example"), ("CN", "Test Issuing CA")],
            publicKey: key.publicKey, notBefore: now - 3600, notAfter: now + 86400 * 1825
        ).signed(by: root, key: rootKey)
    }

    /// A builder for a leaf with a validity of a year.
    func builder(
        _ profile: CertificateProfile, _ subject: DistinguishedName, _ publicKey: PublicKey,
        names: [GeneralName] = []
    ) -> CertificateBuilder {
        CertificateBuilder(
            profile: profile, subject: subject, publicKey: publicKey, alternativeNames: names, notBefore: now - 60,
            notAfter: now + 86400 * 365)
    }

    func issue(
        _ profile: CertificateProfile, _ subject: DistinguishedName, _ publicKey: PublicKey,
        names: [GeneralName] = []
    ) throws -> Certificate {
        try builder(profile, subject, publicKey, names: names).signed(by: certificate, key: key)
    }
}
