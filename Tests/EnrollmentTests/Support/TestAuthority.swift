// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

/// A root and an issuing CA that certifies requests.
struct TestAuthority {
    let root: Certificate
    private let issuer: Certificate
    private let key: PrivateKey

    init(now: Date) throws {
        let rootKey = try PrivateKey.generate(.p256)
        root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Test Root")], publicKey: rootKey.publicKey,
            notBefore: now - 86_400, notAfter: now + 86_400 * 3650
        ).selfSigned(key: rootKey)
        key = try .generate(.p256)
        issuer = try CertificateBuilder(
            profile: .issuingAuthority, subject: [("CN", "Test Issuing CA")], publicKey: key.publicKey,
            notBefore: now - 86_400, notAfter: now + 86_400 * 1825
        ).signed(by: root, key: rootKey)
    }

    /// - Parameter change: what this CA does otherwise than asked.
    func issue(
        _ request: CertificateRequest, now: Date, _ change: (inout CertificateBuilder) -> Void = { _ in }
    ) throws -> IssuedCertificate {
        var builder = CertificateBuilder(
            profile: .smime, subject: request.names.distinguishedName, publicKey: try request.csr.publicKey,
            alternativeNames: request.names.alternativeNames, notBefore: now - 60, notAfter: now + 86_400 * 365)
        change(&builder)
        return IssuedCertificate(
            certificateChain: [try builder.signed(by: issuer, key: key), issuer],
            order: CAOrder(caRequestID: "ca-\(request.reference)"))
    }
}
