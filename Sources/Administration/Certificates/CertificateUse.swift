// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import PKIX

/// What somebody has a certificate for, in the words of who uses it.
public enum CertificateUse: String, Sendable, CaseIterable {
    case encryptedMail
    case signedMail
    case signIn
    /// A server that proves its name.
    case server

    /// What certificates of a purpose are for. What a CA puts in beside it, such as logon into each certificate for mail, is nobody's use.
    static func of(_ purpose: CertificatePurpose) -> [CertificateUse] {
        switch purpose {
        case .smime: [.encryptedMail, .signedMail]
        case .smimeEncryption: [.encryptedMail]
        case .smimeSigning: [.signedMail]
        case .clientAuthentication: [.signIn]
        case .serverAuthentication: [.server]
        }
    }

    /// What a certificate may be used for by what stands in it; for one whose order does not say.
    static func of(_ certificate: Certificate) -> [CertificateUse] {
        let purposes = certificate.extendedKeyUsage
        func allows(_ purpose: KeyPurpose) -> Bool { purposes.isEmpty || purposes.contains(purpose) }
        guard allows(.emailProtection) else {
            return (allows(.clientAuthentication) ? [.signIn] : []) + (allows(.serverAuthentication) ? [.server] : [])
        }
        guard let usage = certificate.keyUsage else { return [.encryptedMail, .signedMail] }
        let encrypts = usage.contains(.keyEncipherment) || usage.contains(.keyAgreement)
        return (encrypts ? [.encryptedMail] : []) + (usage.contains(.digitalSignature) ? [.signedMail] : [])
    }
}
