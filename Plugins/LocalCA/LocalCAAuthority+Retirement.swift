// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

extension LocalCAAuthority {
    /// Makes a CRL for each key whose certificate is in force, now.
    static func signCRLs(_ settings: LocalCASettings, _ ceremony: AuthorityCeremony, now: Date = Date()) throws
        -> [CertificateRevocationList]
    {
        var settings = settings
        settings.directory = settings.directory.rehearsing(ceremony.isRehearsal)
        let authority = try LocalCAAuthority(settings)
        guard !authority.isRetired else {
            throw ConnectorError(.refused, "\(authority.certificate.subject) is retired: its last CRL is made")
        }
        let issuers = try authority.issuers(
            inForceAt: now, or: "renew it with 'certway ca renew', then it has lists again")
        return try issuers.attemptAll { issuer in
            try issuer.directory.withLock {
                let crl = try issuer.crl()
                return try issuer.write(
                    crl.entries, after: crl, now: now, nextUpdate: CRLSeries.end(of: settings.crlLifetime, from: now),
                    clockIsRight: ceremony.clockIsRight)
            }
        }
    }

    /// - Parameter consequence: end of the sentence that is thrown when there is none.
    private func issuers(inForceAt now: Date, or consequence: String) throws -> [IssuingCA] {
        let inForce = issuers.filter { $0.isInForce(at: now) }
        guard !inForce.isEmpty else {
            let end = certificate.notAfter.ISO8601Format()
            throw ConnectorError(.refused, "the issuing CA's certificate ended on \(end): \(consequence)")
        }
        return inForce
    }

    /// Ends the CA. Doing it again finishes what was interrupted, and changes nothing afterwards.
    ///
    /// - Parameter reason: for all certificates in force, which are then revoked.
    /// - Returns: the last CRLs, which last as long as the CA's certificates; none where they were there already.
    /// - Throws: `ConnectorError`; `refused` for certificates that are not on the last CRLs although they are to be revoked.
    static func retire(
        _ settings: LocalCASettings, _ ceremony: AuthorityCeremony, revokingAll reason: RevocationReason?,
        now: Date = Date()
    ) throws -> [CertificateRevocationList] {
        if reason == .certificateHold || reason == .removeFromCRL {
            throw ConnectorError(.refused, "what is retired never comes back: \(reason?.name ?? "") is no reason here")
        }
        var settings = settings
        settings.directory = settings.directory.rehearsing(ceremony.isRehearsal)
        // Everything is looked at before anything ends.
        let authority = try LocalCAAuthority(settings, retires: true)
        let issuers = try authority.issuers(
            inForceAt: now, or: "it issues nothing and has no lists any more, so there is nothing to retire")
        let open = try issuers.filter { issuer in
            let isLast = try authority.isRetired && issuer.crl().nextUpdate == issuer.certificate.notAfter
            if !isLast { _ = try issuer.signingKey() }
            return !isLast
        }
        if !authority.isRetired {
            // First, so that the last list knows all that was issued.
            try settings.directory.withLock {
                try settings.directory.replace("retired", with: Array("\(now.ISO8601Format())\n".utf8))
            }
        }
        let leaves = reason == nil ? [] : try authority.leaves(inForceAt: now)
        if open.isEmpty, !leaves.isEmpty { try authority.requireRevoked(leaves, by: issuers) }
        let made = try open.map { issuer in
            try issuer.directory.withLock {
                let crl = try issuer.crl()
                var entries = crl.entries
                if let reason {
                    let known = Set(entries.map(\.serialNumber))
                    entries += leaves.filter { $0.isIssued(by: issuer.certificate) && !known.contains($0.serialNumber) }
                        .map { .init(serialNumber: $0.serialNumber, revocationDate: now, reasonCode: reason.rawValue) }
                }
                return try issuer.write(
                    entries, after: crl, now: now, nextUpdate: issuer.certificate.notAfter,
                    clockIsRight: ceremony.clockIsRight)
            }
        }
        return made
    }

    private func requireRevoked(_ leaves: [Certificate], by issuers: [IssuingCA]) throws {
        let known = Set(try issuers.flatMap { try $0.crl().entries.map(\.serialNumber) })
        let missing = leaves.filter { !known.contains($0.serialNumber) }
        guard let first = missing.first else { return }
        throw ConnectorError(
            .refused,
            "\(certificate.subject) is retired already: its last CRL is made and stays as it is, without \(missing.count) certificates in "
                + "force, such as \(first.serialNumber); the root can still revoke the CA as a whole, with 'certway ca root-crl --revoke'"
        )
    }

    private func leaves(inForceAt now: Date) throws -> [Certificate] {
        try references().compactMap { try chain(reference: $0)?.first }.filter { $0.notAfter > now }
    }
}
