// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

extension LocalCAAuthority {
    /// How long a CRL is good for, and after what time any call writes a new one.
    static let crlLifetime: TimeInterval = 7 * 86_400
    static let crlAge: TimeInterval = 86_400

    /// The CRL in force.
    func crl() throws -> CertificateRevocationList {
        guard let der = try directory.read("issuing.crl") else {
            throw ConnectorError(
                .configuration,
                "\(directory.file("issuing.crl")) is missing, the record of what is revoked; restore it from a copy")
        }
        do {
            let crl = try CertificateRevocationList(der: der)
            try crl.verifySignature(by: certificate)
            return crl
        } catch {
            throw ConnectorError(.configuration, "\(directory.file("issuing.crl")): \(error); restore it from a copy")
        }
    }

    /// Puts a certificate on the CRL. Doing it twice changes nothing; `removeFromCRL` ends a hold.
    func revoke(_ serialNumber: SerialNumber, reason: RevocationReason, now: Date) throws {
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
            default: return
            }
            try write(entries, after: crl, now: now)
        }
    }

    /// Writes a new CRL when the one in force is a day old.
    ///
    /// - Returns: when the CRL now in force was made.
    func refreshCRL(now: Date) throws -> Date {
        let crl = try crl()
        guard isDue(crl, now: now) else { return crl.thisUpdate }
        return try directory.withLock {
            let crl = try self.crl()
            // Another process may have been faster.
            if isDue(crl, now: now) { try write(crl.entries, after: crl, now: now) }
            return now
        }
    }

    private func isDue(_ crl: CertificateRevocationList, now: Date) -> Bool {
        now.timeIntervalSince(crl.thisUpdate) >= Self.crlAge
    }

    private func write(
        _ entries: [CertificateRevocationList.Entry], after crl: CertificateRevocationList, now: Date
    ) throws {
        let next = try CertificateRevocationList.make(
            issuer: certificate, key: key, number: (crl.number ?? 0) + 1, thisUpdate: now,
            nextUpdate: now + Self.crlLifetime, entries: entries)
        try directory.replace("issuing.crl", with: next.der)
    }
}
