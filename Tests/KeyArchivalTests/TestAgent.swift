// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyArchival
import PKIX

/// A key recovery agent made for one test.
struct TestAgent {
    let key: PrivateKey
    let agent: KeyRecoveryAgent

    init(_ type: KeyType, profile: CertificateProfile = .smimeEncryption, validDays: Double = 365) throws {
        key = try .generate(type)
        agent = KeyRecoveryAgent(
            name: "Grace",
            certificate: try Self.certificate(for: key, subject: "Grace", profile: profile, validDays: validDays))
    }

    /// An agent whose certificate is by another's key, for keys that no one can make certificates with.
    static func agent(_ name: String, for publicKey: PublicKey, profile: CertificateProfile = .smimeEncryption) throws
        -> KeyRecoveryAgent
    {
        let key = try PrivateKey.generate(.p256)
        let issuer = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Issuer")], publicKey: key.publicKey,
            notBefore: Date() - 86400 * 30,
            notAfter: Date() + 86400 * 365
        ).selfSigned(key: key)
        return try KeyRecoveryAgent(
            name: name,
            certificate: CertificateBuilder(
                profile: profile, subject: [("CN", name)], publicKey: publicKey, notBefore: Date() - 86400 * 30,
                notAfter: Date() + 86400 * 365
            ).signed(by: issuer, key: key))
    }

    static func certificate(
        for key: PrivateKey, subject: String, profile: CertificateProfile = .smimeEncryption, validDays: Double = 365
    ) throws -> Certificate {
        try CertificateBuilder(
            profile: profile, subject: [("CN", subject)], publicKey: key.publicKey, notBefore: Date() - 86400 * 30,
            notAfter: Date() + 86400 * validDays
        ).selfSigned(key: key)
    }
}
