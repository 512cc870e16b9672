// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// A certificate as its CA's list shows it.
public struct RevokedCertificate: Sendable, Hashable {
    /// Hexadecimal, as in `CertificateRecord`.
    public var serialNumber: String
    public var issuer: String
    /// By the word of RFC 5280 §5.3.1.
    public var reason: String
    public var at: Date

    public init(serialNumber: String, issuer: String, reason: String, at: Date) {
        (self.serialNumber, self.issuer, self.reason, self.at) = (serialNumber, issuer, reason, at)
    }
}
