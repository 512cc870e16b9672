// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

extension LocalCAAuthority {
    /// Puts a certificate on the CRL of the key that has issued it, or ends a hold.
    ///
    /// - Returns: the CRL then in force, in a rehearsal the one that would be.
    /// - Throws: `ConnectorError` of kind `refused` for a certificate of another CA, and after the end of this one.
    @discardableResult
    func revoke(_ leaf: Certificate, reason: RevocationReason, now: Date) throws -> CertificateRevocationList {
        guard let issuer = issuer(of: leaf) else {
            throw ConnectorError(.refused, "\(leaf) was issued by \(leaf.issuer), not by this CA")
        }
        guard !isRetired else {
            throw ConnectorError(
                .refused,
                "\(issuer.certificate.subject) is retired: its last CRL is made, the root can still revoke the CA")
        }
        return try issuer.revoke(leaf.serialNumber, reason: reason, now: now, lifetime: settings.crlLifetime)
    }

    /// The same by hand.
    ///
    /// - Parameter certificate: nil for the one on record.
    /// - Returns: the CRL then in force, in a rehearsal the one that would be.
    static func revoke(
        _ settings: LocalCASettings, _ ceremony: AuthorityCeremony, serialNumber: SerialNumber,
        certificate: Certificate?, reason: RevocationReason, now: Date = Date()
    ) throws -> CertificateRevocationList {
        var settings = settings
        settings.directory = settings.directory.rehearsing(ceremony.isRehearsal)
        let authority = try LocalCAAuthority(settings)
        let record = "certificates/\(serialNumber.hex).pem"
        guard
            let leaf = try certificate
                ?? (settings.directory.exists(record) ? settings.directory.certificate(record) : nil)
        else {
            throw ConnectorError(
                .refused,
                "there is no \(settings.directory.file(record)); give the whole serial number, as 'certway certificate list' shows it, or the "
                    + "certificate itself, as a PEM file")
        }
        guard authority.issuer(of: leaf) != nil || !leaf.isIssued(by: authority.root) else {
            throw ConnectorError(.refused, "\(leaf) is the issuing CA's own; 'certway ca root-crl --revoke' revokes it")
        }
        return try authority.revoke(leaf, reason: reason, now: now)
    }
}
