// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a certificate will be for, as the CA encodes it: key usage, extended key usage and basic constraints.
public enum CertificateProfile: String, Sendable, Hashable, CaseIterable {
    case rootAuthority
    /// A CA that issues only end-entity certificates (path length 0).
    case issuingAuthority
    /// S/MIME signing and encryption and nothing else ("strict").
    case smime
    /// S/MIME and client authentication ("multipurpose").
    case smimeMultipurpose
    case smimeSigning
    case smimeEncryption
    case clientAuthentication
    case tlsServer

    public var isAuthority: Bool { self == .rootAuthority || self == .issuingAuthority }

    /// Key usage by algorithm: an RSA key takes the content key by encipherment, a curve by agreement (RFC 8551, 5480).
    public func keyUsage(for key: PublicKey) -> KeyUsage {
        let encryption: KeyUsage = key.isRSA ? .keyEncipherment : .keyAgreement
        return switch self {
        case .rootAuthority, .issuingAuthority: [.keyCertSign, .cRLSign]
        case .smime, .smimeMultipurpose: [.digitalSignature, encryption]
        case .smimeSigning, .clientAuthentication: .digitalSignature
        case .smimeEncryption: encryption
        case .tlsServer: key.isRSA ? [.digitalSignature, .keyEncipherment] : .digitalSignature
        }
    }

    public var extendedKeyUsage: [KeyPurpose] {
        switch self {
        case .rootAuthority, .issuingAuthority: []
        case .smime, .smimeSigning, .smimeEncryption: [.emailProtection]
        case .smimeMultipurpose: [.emailProtection, .clientAuthentication]
        case .clientAuthentication: [.clientAuthentication]
        case .tlsServer: [.serverAuthentication]
        }
    }
}
