// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A purpose in the extended key usage (KeyPurposeId, RFC 5280 §4.2.1.12); the raw value is the dotted OID.
public struct KeyPurpose: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    public static let serverAuthentication: KeyPurpose = "1.3.6.1.5.5.7.3.1"
    public static let clientAuthentication: KeyPurpose = "1.3.6.1.5.5.7.3.2"
    public static let emailProtection: KeyPurpose = "1.3.6.1.5.5.7.3.4"
    public static let ocspSigning: KeyPurpose = "1.3.6.1.5.5.7.3.9"
    /// Windows logon with a certificate.
    public static let smartCardLogon: KeyPurpose = "1.3.6.1.4.1.311.20.2.2"
    /// Enrolls on behalf of others at a Microsoft CA ("Certificate Request Agent").
    public static let enrollmentAgent: KeyPurpose = "1.3.6.1.4.1.311.20.2.1"
    /// id-kp-cmcCA and id-kp-cmcRA (RFC 6402 §2.10).
    public static let cmcCA: KeyPurpose = "1.3.6.1.5.5.7.3.27"
    public static let cmcRA: KeyPurpose = "1.3.6.1.5.5.7.3.28"
    public static let any: KeyPurpose = "2.5.29.37.0"

    public var description: String { rawValue }
}
