// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

extension LocalCAAuthority {
    /// Makes a root and an issuing CA in a folder that does not exist or is empty. The folder appears complete or not
    /// at all; what a killed predecessor has left beside it goes.
    ///
    /// - Returns: the issuing CA's certificate, then the root's.
    /// - Throws: `ConnectorError` of kind `configuration`.
    static func create(_ settings: LocalCASettings, _ ceremony: AuthorityCeremony, now: Date = Date()) throws
        -> [Certificate]
    {
        try RootCA.checkPassphrase(settings.passphrase, "--passphrase")
        try RootCA.checkPassphrase(ceremony.rootPassphrase, "--root-passphrase")
        try requireAddresses(ceremony)
        do {
            let site = try BuildingSite(
                settings.directory, root: ceremony.rootFolder, isRehearsal: ceremony.isRehearsal)
            defer { site.leave() }
            let made = try fill(site, settings, ceremony, now: now)
            try site.publish()
            return made
        } catch let failure as FileFailure {
            throw failure.connectorError
        } catch let error as PKIXError {
            throw ConnectorError(.configuration, "cannot make the CA: \(error)", detail: error.detail)
        }
    }

    /// - Throws: `ConnectorError` of kind `configuration` that names the option.
    static func requireAddresses(_ ceremony: AuthorityCeremony) throws {
        if let url = ceremony.crlURL { try LocalCASettings.requireAddress(url, "--crl-url", notThatOf: "root.crl") }
        if let url = ceremony.issuerURL {
            try LocalCASettings.requireAddress(url, "--issuer-url", notThatOf: "root.cer")
        }
    }

    private static func fill(
        _ site: BuildingSite, _ settings: LocalCASettings, _ ceremony: AuthorityCeremony, now: Date
    ) throws -> [Certificate] {
        let now = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        let rootKey = try PrivateKey.generate(ceremony.keyType)
        // As early as the first CRL is dated.
        let root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", ceremony.name + " Root")], publicKey: rootKey.publicKey,
            notBefore: now - CRLSeries.backdating, notAfter: now + Double(ceremony.rootDays) * 86_400
        ).selfSigned(key: rootKey)
        let key = try PrivateKey.generate(ceremony.keyType)
        let certificate = try issuingCertificate(
            subject: [("CN", ceremony.name)], key.publicKey, ceremony, now: now
        ).signed(by: root, key: rootKey)

        let (draft, rootDraft) = (site.draft, site.rootDraft)
        let rootCRL = try CRLSeries(issuer: root, key: rootKey, file: "root.crl").next(
            after: [], entries: [], now: now,
            nextUpdate: min(CRLSeries.end(of: Double(ceremony.rootCRLDays) * 86_400, from: now), root.notAfter))
        for folder in [draft, rootDraft] {
            try folder.replace("root.pem", with: Array(root.pem.utf8))
            try folder.replace("root.crl", with: rootCRL.der)
        }
        try rootDraft.replace("root.key", with: rootKey.pem(passphrase: ceremony.rootPassphrase))
        try draft.replace("root.cer", with: root.der)
        try IssuingCA(1, in: draft, certificate: certificate, key: key).begin(settings, now: now)
        return [certificate, root]
    }

    /// What the root signs for the issuing CA.
    static func issuingCertificate(
        subject: DistinguishedName, _ publicKey: PublicKey, _ ceremony: AuthorityCeremony, now: Date
    ) -> CertificateBuilder {
        var builder = CertificateBuilder(
            profile: .issuingAuthority, subject: subject, publicKey: publicKey, notBefore: now - CRLSeries.backdating,
            notAfter: now + Double(min(ceremony.issuingDays, ceremony.rootDays)) * 86_400)
        builder.extendedKeyUsage = ceremony.keyPurposes
        builder.crlDistributionPoints = ceremony.crlURL.map { [LocalCASettings.beside($0, "root.crl")] } ?? []
        builder.caIssuersURLs = ceremony.issuerURL.map { [LocalCASettings.beside($0, "root.cer")] } ?? []
        return builder
    }
}

extension IssuingCA {
    /// Writes the files of a new key; the certificate as PEM comes last and makes it the one that issues.
    func begin(_ settings: LocalCASettings, now: Date) throws {
        try directory.replace(name + ".key", with: signingKey().pem(passphrase: settings.passphrase))
        try write([], after: nil, now: now, nextUpdate: CRLSeries.end(of: settings.crlLifetime, from: now))
        try directory.replace(name + ".cer", with: certificate.der)
        try directory.replace(name + ".pem", with: Array(certificate.pem.utf8))
    }
}

extension AuthorityCeremony {
    /// What the issuing CA's certificate allows those below it, each once.
    var keyPurposes: [KeyPurpose] {
        var all: [KeyPurpose] = []
        for purpose in purposes where !all.contains(purpose.extendedKeyUsage) { all.append(purpose.extendedKeyUsage) }
        return all
    }
}
