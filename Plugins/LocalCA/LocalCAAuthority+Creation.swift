// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Secrets

extension LocalCAAuthority {
    /// Makes a root and an issuing CA in a folder that does not exist or is empty. The folder appears complete or not
    /// at all.
    ///
    /// - Returns: the issuing CA's certificate, then the root's.
    /// - Throws: `ConnectorError` of kind `configuration`.
    static func create(
        _ settings: LocalCASettings, name: String, keyType: KeyType, crlURL: String?, now: Date = Date()
    ) throws -> [Certificate] {
        let target = settings.directory
        guard try isFree(target) else {
            throw ConnectorError(
                .configuration, "\(target.path) is not empty; a CA is never replaced, choose another folder")
        }
        let draft = CADirectory(path: target.path + ".new-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(atPath: draft.path) }
        for folder in [""] + CADirectory.folders {
            guard mkdir(draft.file(folder), 0o755) == 0 else {
                throw FileFailure("make", draft.file(folder)).connectorError
            }
        }
        do {
            let made = try fill(draft, settings, name: name, keyType: keyType, crlURL: crlURL, now: now)
            // Onto an empty folder or none; whoever was faster keeps the name.
            guard rename(draft.path, target.path) == 0 else { throw FileFailure("make", target.path) }
            try CADirectory(path: (target.path as NSString).deletingLastPathComponent).synchronize(folderOf: "x")
            return made
        } catch let failure as FileFailure {
            throw failure.connectorError
        } catch let error as PKIXError {
            throw ConnectorError(.configuration, "cannot make the CA: \(error)", detail: error.detail)
        }
    }

    private static func fill(
        _ draft: CADirectory, _ settings: LocalCASettings, name: String, keyType: KeyType, crlURL: String?, now: Date
    ) throws -> [Certificate] {
        let now = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        let year: TimeInterval = 365.25 * 86_400
        let rootKey = try PrivateKey.generate(keyType)
        let root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", name + " Root")], publicKey: rootKey.publicKey,
            notBefore: now - 60, notAfter: now + 20 * year
        ).selfSigned(key: rootKey)
        let key = try PrivateKey.generate(keyType)
        var issuing = CertificateBuilder(
            profile: .issuingAuthority, subject: [("CN", name)], publicKey: try key.publicKey, notBefore: now - 60,
            notAfter: now + 10 * year)
        issuing.crlDistributionPoints = crlURL.map { [rootCRLURL(beside: $0)] } ?? []
        let certificate = try issuing.signed(by: root, key: rootKey)

        try draft.replace("root.pem", with: Array(root.pem.utf8))
        try draft.replace("issuing.pem", with: Array(certificate.pem.utf8))
        try write(rootKey, "root.key", to: draft, passphrase: settings.passphrase)
        try write(key, "issuing.key", to: draft, passphrase: settings.passphrase)
        // The root's list stays empty and lasts as long as the issuing CA, since its key should go offline.
        let rootCRL = try CertificateRevocationList.make(
            issuer: root, key: rootKey, number: 1, thisUpdate: now, nextUpdate: certificate.notAfter, entries: [])
        try draft.replace("root.crl", with: rootCRL.der)
        let crl = try CertificateRevocationList.make(
            issuer: certificate, key: key, number: 1, thisUpdate: now, nextUpdate: now + crlLifetime, entries: [])
        try draft.replace("issuing.crl", with: crl.der)
        return [certificate, root]
    }

    private static func write(_ key: PrivateKey, _ name: String, to directory: CADirectory, passphrase: Secret?) throws
    {
        var bytes = try key.pem(passphrase: passphrase).withBytes { Array($0) }
        defer { explicit_bzero(&bytes, bytes.count) }
        try directory.replace(name, with: bytes, mode: 0o600)
    }

    /// `root.crl` is published beside the issuing CA's list.
    private static func rootCRLURL(beside url: String) -> String {
        guard let slash = url.lastIndex(of: "/") else { return url }
        return url[...slash] + "root.crl"
    }

    private static func isFree(_ directory: CADirectory) throws -> Bool {
        do {
            return try directory.names(in: "").isEmpty
        } catch let failure as FileFailure where failure.code == ENOENT {
            return true
        } catch let failure as FileFailure {
            throw failure.connectorError
        }
    }
}
