// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A certificate in the ledger.
public struct CertificateRecord: Sendable, Hashable, Identifiable {
    public let id: Int64
    public let orderID: Int64
    public let template: String
    public let backendCA: String
    public let subscriberID: String
    public let userPrincipalName: String
    public let der: [UInt8]
    /// The issuing certificates, issuer of the leaf first.
    public let chain: [[UInt8]]
    /// Hexadecimal.
    public let serialNumber: String
    public let issuer: String
    public let subject: String
    public let sha1Fingerprint: String
    public let sha256Fingerprint: String
    public let notBefore: Date
    public let notAfter: Date
    public let emailAddresses: [String]
    public let status: CertificateStatus
    public let createdAt: Date
}

extension CertificateRecord {
    /// From when on its end is near: so long before, and for one that does not live much longer than that, in the last third of its
    /// life, as `LifeRule` renews.
    ///
    /// - Parameter notice: seconds.
    public func endIsNear(from notice: TimeInterval) -> Date {
        let life = notAfter.timeIntervalSince(notBefore)
        return notAfter - (notice * 2 > life ? min(notice, life / 3) : notice)
    }
}
