// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// Who an agent is over time: the key. What a record names its recipients by, issuer and serial number, another certificate with
/// another key may have as well.
public struct AgentIdentity: Sendable, Hashable {
    /// What a record names the agent by: SHA-256 of issuer and serial number, hexadecimal.
    public let name: String
    /// SHA-256 of the SubjectPublicKeyInfo, hexadecimal.
    public let key: String

    /// - Throws: `PKIXError` for a certificate whose key cannot be read.
    public init(_ certificate: Certificate) throws {
        name = Self.name(IssuerAndSerialNumber(certificate))
        key = DigestAlgorithm.sha256.digest(try certificate.publicKey.der).hex
    }

    /// The issuer's name says its own length, so that nothing else gives the same bytes.
    static func name(_ identifier: IssuerAndSerialNumber) -> String {
        DigestAlgorithm.sha256.digest(identifier.issuer + identifier.serialNumber.bytes).hex
    }
}
