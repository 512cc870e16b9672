// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import PKIX

/// A certificate that passed comparison with what was asked.
public struct NewCertificate: Sendable {
    public var der: [UInt8]
    /// The issuing certificates, issuer of the leaf first, root left out.
    public var chain: [[UInt8]]
    /// Hexadecimal.
    public var serialNumber: String
    public var issuer: String
    public var subject: String
    /// Hexadecimal.
    public var sha1Fingerprint: String
    /// Hexadecimal; the same certificate cannot belong to two orders.
    public var sha256Fingerprint: String
    public var notBefore: Date
    public var notAfter: Date
    public var emailAddresses: [String]

    public init(
        der: [UInt8], chain: [[UInt8]], serialNumber: String, issuer: String, subject: String,
        sha1Fingerprint: String, sha256Fingerprint: String, notBefore: Date, notAfter: Date, emailAddresses: [String]
    ) {
        self.der = der
        self.chain = chain
        self.serialNumber = serialNumber
        self.issuer = issuer
        self.subject = subject
        self.sha1Fingerprint = sha1Fingerprint
        self.sha256Fingerprint = sha256Fingerprint
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.emailAddresses = emailAddresses
    }

    /// - Parameter chain: the issuing certificates, issuer of the leaf first, root left out.
    public init(_ certificate: Certificate, chain: [Certificate]) {
        self.init(
            der: certificate.der, chain: chain.map(\.der), serialNumber: certificate.serialNumber.hex,
            issuer: "\(certificate.issuer)", subject: "\(certificate.subject)",
            sha1Fingerprint: certificate.sha1Fingerprint, sha256Fingerprint: certificate.sha256Fingerprint,
            notBefore: certificate.notBefore, notAfter: certificate.notAfter,
            emailAddresses: certificate.emailAddresses)
    }
}
