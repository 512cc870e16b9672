// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import PKIX

/// The life of a CA of one's own after its making, until it is retired.
///
/// The static calls are made by a person and throw `ConnectorError`: `configuration` for what an operator must mend, `refused` for
/// what the CA never does. Each is complete or has not happened.
public protocol AuthorityRunning: AuthorityCreating {
    /// Does what is due by itself, such as a new CRL well before the old one ends. Called every few seconds while the gateway
    /// serves, and once by a single pass; costs next to nothing when nothing is due.
    ///
    /// - Returns: what was done, a sentence each.
    func maintain() async throws -> [String]

    /// What the CA has signed so far. Called as often as `maintain`; costs next to nothing when nothing has changed.
    func state() async throws -> AuthorityState

    /// Makes CRLs now, whether they are due or not.
    static func signCRLs(_ settings: ConnectorSettings, _ ceremony: AuthorityCeremony) throws
        -> [CertificateRevocationList]

    /// Puts a certificate on the CRL, or takes one off it that was on hold (`removeFromCRL`).
    ///
    /// - Parameter certificate: nil for the one that the CA has on record under the number.
    static func revokeCertificate(
        _ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, serialNumber: SerialNumber,
        certificate: Certificate?, reason: RevocationReason
    ) throws -> CertificateRevocationList

    /// Lets the root sign a new CRL.
    ///
    /// - Parameter serialNumber: of a certificate of the issuing CA, to be revoked; nil to go on with what is revoked already.
    static func signRootCRL(
        _ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, revoking serialNumber: SerialNumber?,
        reason: RevocationReason
    ) throws -> CertificateRevocationList

    /// Lets the root certify the issuing CA again. What was issued before stays as checkable as it was.
    ///
    /// - Parameter newKey: nil to go on with the key.
    /// - Returns: the issuing CA's new certificate, then the root's.
    static func renewAuthority(_ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, newKey: KeyType?) throws
        -> [Certificate]

    /// Ends the CA: the last CRL of each of its keys, which lasts until the CA's own end, and no certificate any more.
    ///
    /// - Parameter reason: for all certificates in force, which are then revoked; nil to leave them as they are.
    /// - Returns: the last CRLs; none where they had been made before, and nothing is changed then.
    static func retireAuthority(
        _ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, revokingAll reason: RevocationReason?
    ) throws -> [CertificateRevocationList]
}
