// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// A root and an issuing CA made for one test.
struct IssuingAuthority {
    let root: Certificate
    let certificate: Certificate
    let key: PrivateKey

    init(_ name: String, now: Date) throws {
        let rootKey = try PrivateKey.generate(.p256)
        root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("O", name), ("CN", "Root")], publicKey: rootKey.publicKey,
            notBefore: now - 86_400 * 400, notAfter: now + 86_400 * 3650
        ).selfSigned(key: rootKey)
        key = try .generate(.p256)
        certificate = try CertificateBuilder(
            profile: .issuingAuthority, subject: [("O", name), ("CN", "Issuing CA")], publicKey: key.publicKey,
            notBefore: now - 86_400 * 400, notAfter: now + 86_400 * 1825
        ).signed(by: root, key: rootKey)
    }
}
