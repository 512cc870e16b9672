// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

extension LocalCAAuthority {
    /// How long before the end of a root's list somebody is told; the root's key has to be fetched.
    private static let rootNotice: TimeInterval = 60 * 86_400

    /// What works now but needs attention.
    func warnings(now: Date) throws -> [String] {
        var warnings = try issuers.filter { $0.isInForce(at: now) }.compactMap { try warning(of: $0, now: now) }
        if !isRetired, certificate.notAfter < now + Double(settings.leafDays) * 86_400 {
            // New certificates of the usual length would already be cut short.
            warnings.append(
                "the issuing CA ends on \(certificate.notAfter.ISO8601Format()); renew it with 'certway ca renew'")
        }
        if let end = rootCRL?.nextUpdate, end < now + Self.rootNotice {
            warnings.append(
                "\(directory.file("root.crl")) \(end < now ? "ended" : "ends") on \(end.ISO8601Format()); make the next one with "
                    + "'certway ca root-crl'")
        }
        for name in ["root.key", "root/root.key"] where directory.isReadableByOthers(name) {
            warnings.append("\(directory.file(name)) can be read by others; run chmod 600 on it")
        }
        for name in ["root.key", "root/root.key"] where directory.exists(name) {
            warnings.append("\(directory.file(name)) lies beside the issuing CA; move it to a safe place offline")
        }
        return warnings
    }

    /// Whether the CA does all that is asked of it: it may issue, and every key whose certificates are in force makes its lists.
    ///
    /// - Throws: `ConnectorError` of kind `configuration` that says what is missing, and then all that needs attention.
    func requireHealth(at now: Date) throws {
        do {
            try requireInService(at: now)
            for issuer in issuers where issuer.isInForce(at: now) { _ = try issuer.signingKey() }
        } catch let error as ConnectorError {
            let sentences = try [error.message] + warnings(now: now)
            throw ConnectorError(error.kind, sentences.joined(separator: "; "), detail: error.detail)
        }
    }

    private func warning(of issuer: IssuingCA, now: Date) throws -> String? {
        let (crl, file) = (try issuer.crl(), directory.file(issuer.crlName))
        if crl.thisUpdate > now {
            return
                "\(file) is dated \(crl.thisUpdate.ISO8601Format()), later than now: a clock is or was wrong; see 'certway ca crl'"
        }
        guard let end = crl.nextUpdate else { return nil }
        if isRetired {
            return end < issuer.certificate.notAfter
                ? "\(file) is not the last one yet; run 'certway ca retire' again" : nil
        }
        guard end < now + settings.crlLifetime / 4 else { return nil }
        return "\(file) \(end < now ? "ended" : "ends") on \(end.ISO8601Format()) and nobody has made the next one; "
            + "'certway serve' does, and so does 'certway ca crl'"
    }
}
