// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// A certificate with its key, made for a client of the sandbox: operator, registration authority, enrollment agent.
struct OperatorCertificate: Sendable {
    let certificate: Certificate
    let key: PrivateKey
    /// Key (PKCS #8), then certificate, as the profiles' settings take it.
    let bundlePEM: String

    /// - Parameter days: of validity from now; negative ones make a certificate that ended so many days ago.
    static func make(
        subject: DistinguishedName, days: Int = 365, now: Date, keyType: KeyType = .rsa2048, purposes: [KeyPurpose],
        sign: (CertificateBuilder) throws -> Certificate
    ) throws -> OperatorCertificate {
        let key = try PrivateKey.generate(keyType)
        let end = now.addingTimeInterval(TimeInterval(days) * 86_400)
        var builder = CertificateBuilder(
            profile: .clientAuthentication, subject: subject, publicKey: try key.publicKey,
            notBefore: min(now, end).addingTimeInterval(-86_400), notAfter: end)
        builder.extendedKeyUsage = purposes
        let certificate = try sign(builder)
        return OperatorCertificate(
            certificate: certificate, key: key, bundlePEM: try key.pem().revealed + certificate.pem)
    }
}
