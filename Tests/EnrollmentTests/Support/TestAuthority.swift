// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

/// A root and an issuing CA that certifies requests.
struct TestAuthority {
    let rootKey: PrivateKey
    let root: Certificate
    let issuer: Certificate
    let key: PrivateKey

    init(now: Date) throws {
        rootKey = try .generate(.p256)
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
        try issued(request, [leaf(request, now: now, by: issuer, key, change), issuer])
    }

    func issued(_ request: CertificateRequest, _ chain: [Certificate]) -> IssuedCertificate {
        IssuedCertificate(certificateChain: chain, order: CAOrder(caRequestID: "ca-\(request.reference)"))
    }

    /// The certificate that was asked for, by any CA.
    func leaf(
        _ request: CertificateRequest, now: Date, by issuer: Certificate, _ key: PrivateKey,
        _ change: (inout CertificateBuilder) -> Void = { _ in }
    ) throws -> Certificate {
        var builder = CertificateBuilder(
            profile: request.purpose == .serverAuthentication ? .tlsServer : .smime,
            subject: request.names.distinguishedName,
            publicKey: try request.csr.publicKey,
            alternativeNames: request.names.alternativeNames, notBefore: now - 60, notAfter: now + 86_400 * 365)
        change(&builder)
        return try builder.signed(by: issuer, key: key)
    }

    /// A certificate of another CA, by the root unless another issuer is given.
    func authority(
        _ name: String, _ key: PrivateKey, now: Date, by issuer: (Certificate, PrivateKey)? = nil,
        _ change: (inout CertificateBuilder) -> Void = { _ in }
    ) throws -> Certificate {
        var builder = CertificateBuilder(
            profile: .issuingAuthority, subject: [("CN", name)], publicKey: try key.publicKey,
            notBefore: now - 86_400, notAfter: now + 86_400 * 1825)
        builder.pathLengthConstraint = nil
        change(&builder)
        return try builder.signed(by: issuer?.0 ?? root, key: issuer?.1 ?? rootKey)
    }
}
