// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

extension LocalCAAuthority {
    /// Lets the root sign its next CRL.
    ///
    /// - Parameter serialNumber: of a certificate of the issuing CA that is to be revoked.
    /// - Throws: `ConnectorError`; `refused` for what is no certificate of this root and for reasons that a CA cannot have.
    static func signRootCRL(
        _ settings: LocalCASettings, _ ceremony: AuthorityCeremony, revoking serialNumber: SerialNumber?,
        reason: RevocationReason, now: Date = Date()
    ) throws -> CertificateRevocationList {
        let directory = settings.directory.rehearsing(ceremony.isRehearsal)
        let root = try RootCA(ceremony, of: directory)
        if reason == .certificateHold || reason == .removeFromCRL {
            throw ConnectorError(.refused, "a CA is not revoked for a while: \(reason.name) is no reason here")
        }
        return try directory.withLock {
            let revoked = try serialNumber.map { number in
                guard let found = try directory.authorityCertificate(number), found.isIssued(by: root.certificate)
                else {
                    throw ConnectorError(
                        .refused,
                        "\(number) is no certificate that this root has given an issuing CA in \(directory.path); its issuing*.pem and "
                            + "certificates/ hold them")
                }
                return found
            }
            return try root.sign(revoking: revoked, reason: reason, in: directory, ceremony, now: now)
        }
    }

    /// Lets the root certify the issuing CA again: the same key under the same name, or a new key under the next name.
    ///
    /// - Returns: the new certificate, then the root's.
    static func renew(
        _ settings: LocalCASettings, _ ceremony: AuthorityCeremony, newKey: KeyType?, now: Date = Date()
    ) throws -> [Certificate] {
        try requireAddresses(ceremony)
        var settings = settings
        settings.directory = settings.directory.rehearsing(ceremony.isRehearsal)
        let directory = settings.directory
        let root = try RootCA(ceremony, of: directory)
        let now = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        return try directory.withLock {
            let authority = try LocalCAAuthority(settings)
            guard !authority.isRetired else {
                throw ConnectorError(.refused, "\(authority.certificate.subject) is retired; make a new CA")
            }
            guard root.certificate.isValid(at: now) else {
                let end = root.certificate.notAfter.ISO8601Format()
                throw ConnectorError(.refused, "the root itself ended on \(end); make a new CA")
            }
            let current = authority.current
            guard let newKey else {
                if authority.rootCRL?.contains(current.certificate.serialNumber) == true {
                    throw ConnectorError(.refused, "the issuing CA is revoked; renew it with a new key: --new-key")
                }
                let certificate = try authority.successor(
                    current.certificate.subject, try current.signingKey().publicKey, root, ceremony, now: now)
                // What was issued with it stays, also for a revocation by the root.
                try directory.replace(
                    "certificates/\(current.certificate.serialNumber.hex).pem",
                    with: Array(current.certificate.pem.utf8))
                try directory.replace(current.name + ".cer", with: certificate.der)
                try directory.replace(current.name + ".pem", with: Array(certificate.pem.utf8))
                return [certificate, root.certificate]
            }
            let key = try PrivateKey.generate(newKey)
            let generation = current.generation + 1
            let certificate = try authority.successor(
                current.certificate.subject.numbered(generation), key.publicKey, root, ceremony, now: now)
            try IssuingCA(generation, in: directory, certificate: certificate, key: key).begin(settings, now: now)
            return [certificate, root.certificate]
        }
    }

    private func successor(
        _ subject: DistinguishedName, _ publicKey: PublicKey, _ root: RootCA, _ ceremony: AuthorityCeremony, now: Date
    ) throws -> Certificate {
        var builder = Self.issuingCertificate(subject: subject, publicKey, ceremony, now: now)
        builder.extendedKeyUsage = certificate.extendedKeyUsage
        // Addresses stay unless somebody says otherwise.
        if ceremony.crlURL == nil { builder.crlDistributionPoints = certificate.crlDistributionPoints }
        if ceremony.issuerURL == nil { builder.caIssuersURLs = certificate.caIssuersURLs }
        builder.notAfter = min(builder.notAfter, root.certificate.notAfter)
        return try builder.signed(by: root.certificate, key: root.key)
    }
}

extension CADirectory {
    func rehearsing(_ isRehearsal: Bool) -> CADirectory {
        var copy = self
        copy.isRehearsal = isRehearsal
        return copy
    }
}

extension DistinguishedName {
    /// The name of the issuing CA with its key of that number: `Example CA`, `Example CA G2` …
    func numbered(_ generation: Int) -> DistinguishedName {
        DistinguishedName(
            attributes.map { attribute in
                guard attribute.type == "CN" else { return attribute }
                let suffix = " G\(generation - 1)"
                let name =
                    attribute.value.hasSuffix(suffix) ? String(attribute.value.dropLast(suffix.count)) : attribute.value
                return Attribute("CN", "\(name) G\(generation)")
            })
    }
}
