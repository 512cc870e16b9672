// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Everything that goes into a certificate a CA of ours issues. Set the properties, then call `signed` or `selfSigned`.
public struct CertificateBuilder: Sendable {
    /// An extension this type has no property for.
    public struct AdditionalExtension: Sendable, Hashable {
        /// Dotted OID.
        public var type: String
        public var der: [UInt8]
        public var isCritical: Bool

        public init(type: String, der: [UInt8], isCritical: Bool = false) {
            self.type = type
            self.der = der
            self.isCritical = isCritical
        }
    }

    public var subject: DistinguishedName
    public var publicKey: PublicKey
    public var notBefore: Date
    public var notAfter: Date
    public var serialNumber = SerialNumber.random()
    public var alternativeNames: [GeneralName]
    public var isAuthority: Bool
    /// How many CAs may follow below; nil for any number.
    public var pathLengthConstraint: Int?
    /// Empty leaves the extension out.
    public var keyUsage: KeyUsage
    public var extendedKeyUsage: [KeyPurpose]
    /// Dotted OIDs.
    public var certificatePolicies: [String] = []
    public var crlDistributionPoints: [String] = []
    public var ocspURLs: [String] = []
    public var caIssuersURLs: [String] = []
    /// `S-1-5-21-…` for the extension 1.3.6.1.4.1.311.25.2.
    public var securityIdentifier: String?
    public var additionalExtensions: [AdditionalExtension] = []

    /// Begins with what `profile` says; everything can be changed before signing.
    public init(
        profile: CertificateProfile, subject: DistinguishedName, publicKey: PublicKey,
        alternativeNames: [GeneralName] = [], notBefore: Date, notAfter: Date
    ) {
        self.subject = subject
        self.publicKey = publicKey
        self.alternativeNames = alternativeNames
        self.notBefore = notBefore
        self.notAfter = notAfter
        isAuthority = profile.isAuthority
        pathLengthConstraint = profile == .issuingAuthority ? 0 : nil
        keyUsage = profile.keyUsage(for: publicKey)
        extendedKeyUsage = profile.extendedKeyUsage
    }
}
