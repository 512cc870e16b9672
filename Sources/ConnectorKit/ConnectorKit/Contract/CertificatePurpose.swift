// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// What the subscriber will do with the certificate; decides key usage, extended key usage and whether the key is archived.
public enum CertificatePurpose: String, Sendable, CaseIterable {
    /// One S/MIME certificate for signing and encryption.
    case smime
    /// S/MIME encryption only.
    case smimeEncryption
    /// S/MIME signing only; such a key is never archived.
    case smimeSigning
    /// Logon by certificate; such a key is never archived.
    case clientAuthentication
    /// A server that proves its host names. Its key is made by whoever asks, and never comes here.
    case serverAuthentication

    /// Whether losing the private key would make data unreadable, so that an archive makes sense.
    public var isArchivable: Bool { self == .smime || self == .smimeEncryption }

    /// What the extended key usage of its certificates must allow.
    public var extendedKeyUsage: KeyPurpose {
        switch self {
        case .smime, .smimeEncryption, .smimeSigning: .emailProtection
        case .clientAuthentication: .clientAuthentication
        case .serverAuthentication: .serverAuthentication
        }
    }

    /// Whether it is for mail, so that its certificates name addresses.
    public var isForMail: Bool { extendedKeyUsage == .emailProtection }
}
