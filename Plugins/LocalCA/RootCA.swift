// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Secrets

/// The root with its key, for the few occasions on which it signs. Its folder is needed at no other time.
struct RootCA: Sendable {
    /// Fewer bytes than this are no passphrase for a key that lasts for years.
    private static let shortestPassphrase = 12

    let directory: CADirectory
    let certificate: Certificate
    let key: PrivateKey

    /// Opens the root of a CA: in the folder that the ceremony names, beside the CA's folder, or in it.
    ///
    /// - Throws: `ConnectorError` of kind `configuration` that names what was looked for.
    init(_ ceremony: AuthorityCeremony, of authority: CADirectory) throws {
        let places =
            ceremony.rootFolder.map { [$0] } ?? [
                Self.folder(beside: authority), authority.file("root"), authority.path,
            ]
        let folders = places.map { CADirectory(path: $0, drafts: "", isRehearsal: authority.isRehearsal) }
        guard let directory = folders.first(where: { $0.exists("root.key") }) else {
            throw ConnectorError(
                .configuration,
                "there is no root.key in \(places.joined(separator: ", ")); bring the root's folder and name it with --root"
            )
        }
        (self.directory, certificate) = (directory, try directory.certificate("root.pem"))
        guard try certificate == authority.certificate("root.pem") else {
            throw ConnectorError(
                .configuration, "\(directory.file("root.pem")) is another root than \(authority.file("root.pem"))")
        }
        key = try IssuingCA.readKey(
            "root.key", in: directory, passphrase: ceremony.rootPassphrase, setting: "--root-passphrase")
        guard try key.publicKey == certificate.publicKey else {
            throw ConnectorError(.configuration, "\(directory.file("root.key")) is not the key of root.pem beside it")
        }
    }

    /// Where the root's key is kept unless somebody says otherwise.
    static func folder(beside authority: CADirectory) -> String {
        (authority.path.hasSuffix("/") ? String(authority.path.dropLast()) : authority.path) + "-root"
    }

    /// - Parameter name: of the option or setting.
    static func checkPassphrase(_ passphrase: Secret?, _ name: String) throws {
        guard let passphrase, passphrase.count < shortestPassphrase else { return }
        throw ConnectorError(
            .configuration,
            "\(name) has \(passphrase.count) bytes, expected \(shortestPassphrase) or more: whoever gets the file can try for years"
        )
    }

    /// Signs the next root CRL: what any list that is found knows as revoked stays so.
    func sign(
        revoking revoked: Certificate?, reason: RevocationReason, in authority: CADirectory,
        _ ceremony: AuthorityCeremony, now: Date
    ) throws -> CertificateRevocationList {
        let known = try [directory, authority].compactMap { try $0.crl("root.crl", of: certificate) }
        var entries: [CertificateRevocationList.Entry] = []
        for entry in known.flatMap(\.entries) where !entries.contains(where: { $0.serialNumber == entry.serialNumber })
        {
            entries.append(entry)
        }
        if let revoked, !entries.contains(where: { $0.serialNumber == revoked.serialNumber }) {
            entries.append(
                .init(serialNumber: revoked.serialNumber, revocationDate: now, reasonCode: reason.rawValue))
        }
        let next = try CRLSeries(issuer: certificate, key: key, file: authority.file("root.crl")).next(
            after: known, entries: entries, now: now,
            nextUpdate: min(CRLSeries.end(of: Double(ceremony.rootCRLDays) * 86_400, from: now), certificate.notAfter),
            clockIsRight: ceremony.clockIsRight)
        try directory.replace("root.crl", with: next.der)
        try authority.replace("root.crl", with: next.der)
        return next
    }
}
