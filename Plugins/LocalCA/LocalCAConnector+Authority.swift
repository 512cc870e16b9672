// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

extension LocalCAConnector: AuthorityRunning {
    public static func createAuthority(_ settings: ConnectorSettings, _ ceremony: AuthorityCeremony) throws
        -> [Certificate]
    {
        try explained { try LocalCAAuthority.create(LocalCASettings(settings), ceremony) }
    }

    public static func signCRLs(_ settings: ConnectorSettings, _ ceremony: AuthorityCeremony) throws
        -> [CertificateRevocationList]
    {
        try explained { try LocalCAAuthority.signCRLs(LocalCASettings(settings), ceremony) }
    }

    public static func revokeCertificate(
        _ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, serialNumber: SerialNumber,
        certificate: Certificate?, reason: RevocationReason
    ) throws -> CertificateRevocationList {
        try explained {
            try LocalCAAuthority.revoke(
                LocalCASettings(settings), ceremony, serialNumber: serialNumber, certificate: certificate,
                reason: reason)
        }
    }

    public static func signRootCRL(
        _ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, revoking serialNumber: SerialNumber?,
        reason: RevocationReason
    ) throws -> CertificateRevocationList {
        try explained {
            try LocalCAAuthority.signRootCRL(
                LocalCASettings(settings), ceremony, revoking: serialNumber, reason: reason)
        }
    }

    public static func renewAuthority(_ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, newKey: KeyType?)
        throws -> [Certificate]
    {
        try explained { try LocalCAAuthority.renew(LocalCASettings(settings), ceremony, newKey: newKey) }
    }

    public static func retireAuthority(
        _ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, revokingAll reason: RevocationReason?
    ) throws -> [CertificateRevocationList] {
        try explained { try LocalCAAuthority.retire(LocalCASettings(settings), ceremony, revokingAll: reason) }
    }

    public func state() async throws -> AuthorityState {
        // Taken before anything is read: what changes meanwhile is seen next time.
        let stamp = authority.directory.recordStamp
        if let known = lastState.withLock({ $0 }), known.stamp == stamp { return known.state }
        let state = try await perform { authority, _ in try authority.state() }
        lastState.withLock { $0 = (stamp, state) }
        return state
    }

    /// New CRLs, long before the old ones end, and the certificates as DER where they are missing.
    public func maintain() async throws -> [String] {
        let (now, stamp) = (clock.now(), authority.directory.stamp)
        if rest.withLock({ $0.map { $0.stamp == stamp && $0.span.contains(now) } ?? false }) { return [] }
        let (made, due) = try await perform { authority, now in try authority.maintain(now: now) }
        rest.withLock { $0 = Rest(stamp: stamp, span: now...max(now, due)) }
        return made
    }
}

extension LocalCAAuthority {
    /// A list that is lost is left out.
    func state() throws -> AuthorityState {
        let lists = try issuers.compactMap { try directory.crl($0.crlName, of: $0.certificate) }
        return AuthorityState(
            root: root, lists: lists + [rootCRL].compactMap(\.self), issued: try references().count,
            isRetired: isRetired)
    }

    /// - Returns: what was done, and until when there is nothing more to do.
    func maintain(now: Date) throws -> (made: [String], rest: Date) {
        guard !isRetired else { return ([], .distantFuture) }
        let made = try issuers.filter { $0.isInForce(at: now) }.attemptAll { issuer -> String? in
            guard let crl = try issuer.refreshCRL(now: now, lifetime: settings.crlLifetime) else { return nil }
            let end = crl.nextUpdate?.ISO8601Format() ?? "further notice"
            return "\(directory.file(issuer.crlName)) is number \(crl.number ?? 0), good until \(end)"
        }.compactMap(\.self)
        for (name, certificate) in [("root", root)] + issuers.map({ ($0.name, $0.certificate) })
        where try directory.read(name + ".cer") != certificate.der {
            try directory.replace(name + ".cer", with: certificate.der)
        }
        // Others may write lists, too, and a folder may come from a backup: looked at again after a while.
        return (made, now + min(60, settings.crlLifetime / 16))
    }
}
