// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import PKIX

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

    /// Whether losing the private key would make data unreadable, so that an archive makes sense.
    public var isArchivable: Bool { self == .smime || self == .smimeEncryption }

    /// What the extended key usage of its certificates must allow.
    var extendedKeyUsage: KeyPurpose { self == .clientAuthentication ? .clientAuthentication : .emailProtection }
}
