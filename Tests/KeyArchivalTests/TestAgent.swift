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

    static func certificate(
        for key: PrivateKey, subject: String, profile: CertificateProfile = .smimeEncryption, validDays: Double = 365
    ) throws -> Certificate {
        try CertificateBuilder(
            profile: profile, subject: [("CN", subject)], publicKey: key.publicKey, notBefore: Date() - 86400 * 30,
            notAfter: Date() + 86400 * validDays
        ).selfSigned(key: key)
    }
}
