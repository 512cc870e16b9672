// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

extension IssuingCA {
    /// The CRL in force.
    func crl() throws -> CertificateRevocationList {
        guard let crl = try directory.crl(crlName, of: certificate) else {
            throw ConnectorError(
                .configuration,
                "\(directory.file(crlName)) is missing, the record of what is revoked; restore it from a copy")
        }
        return crl
    }

    /// Puts a certificate on the CRL. Doing it twice changes nothing but the reason of a key that turns out to be compromised;
    /// `removeFromCRL` ends a hold.
    ///
    /// - Returns: the CRL then in force, in a rehearsal the one that would be.
    @discardableResult
    func revoke(_ serialNumber: SerialNumber, reason: RevocationReason, now: Date, lifetime: TimeInterval) throws
        -> CertificateRevocationList
    {
        try directory.withLock {
            let crl = try crl()
            var entries = crl.entries
            let index = entries.firstIndex { $0.serialNumber == serialNumber }
            let isOnHold = index.map { entries[$0].reasonCode == RevocationReason.certificateHold.rawValue } ?? false
            switch (reason, index) {
            case (.removeFromCRL, let index?) where isOnHold: entries.remove(at: index)
            case (.removeFromCRL, _):
                throw ConnectorError(.refused, "certificate \(serialNumber) is not on hold, so there is nothing to end")
            case (_, nil):
                entries.append(.init(serialNumber: serialNumber, revocationDate: now, reasonCode: reason.rawValue))
            case (_, let index?) where isOnHold: entries[index].reasonCode = reason.rawValue
            // Often it becomes known only later (CA/Browser Forum Baseline Requirements section 4.9.1.1); the time stays.
            case (.keyCompromise, let index?) where entries[index].reasonCode != reason.rawValue:
                entries[index].reasonCode = reason.rawValue
            default: return crl
            }
            return try write(entries, after: crl, now: now, nextUpdate: CRLSeries.end(of: lifetime, from: now))
        }
    }

    /// Writes a new CRL when it is time.
    ///
    /// - Returns: the CRL that was made; nil when the one in force stays.
    func refreshCRL(now: Date, lifetime: TimeInterval) throws -> CertificateRevocationList? {
        guard CRLSeries.isDue(try crl(), lifetime: lifetime, now: now) else { return nil }
        return try directory.withLock {
            let crl = try self.crl()
            // Another process may have been faster.
            guard CRLSeries.isDue(crl, lifetime: lifetime, now: now) else { return nil }
            return try write(crl.entries, after: crl, now: now, nextUpdate: CRLSeries.end(of: lifetime, from: now))
        }
    }

    /// Makes the next CRL, under the lock of the folder.
    @discardableResult
    func write(
        _ entries: [CertificateRevocationList.Entry], after crl: CertificateRevocationList?, now: Date,
        nextUpdate: Date,
        clockIsRight: Bool = false
    ) throws -> CertificateRevocationList {
        // Looked at under the lock: whoever waited for it must not put a list of a day in the place of the last one.
        guard nextUpdate == certificate.notAfter || !directory.exists("retired") else {
            throw ConnectorError(.refused, "\(certificate.subject) is retired: its last CRL is made")
        }
        let series = CRLSeries(issuer: certificate, key: try signingKey(), file: directory.file(crlName))
        let next = try series.next(
            after: crl.map { [$0] } ?? [], entries: entries, now: now, nextUpdate: nextUpdate,
            clockIsRight: clockIsRight)
        try directory.replace(crlName, with: next.der)
        return next
    }
}
