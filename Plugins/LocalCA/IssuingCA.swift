// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Secrets

/// One key of the issuing CA, with its certificate and its CRL. A renewal with a new key begins another generation, under another
/// name: the older one issues nothing more, and its CRL goes on until its certificate ends.
struct IssuingCA: Sendable {
    let directory: CADirectory
    /// From 1.
    let generation: Int
    let certificate: Certificate
    /// nil where nothing is signed any more.
    let key: PrivateKey?

    enum KeyNeed {
        case needed
        /// One that is gone is nobody's loss.
        case ifThere
        case none
    }

    /// What its files are called.
    static func name(_ generation: Int) -> String { generation == 1 ? "issuing" : "issuing-\(generation)" }
    var name: String { Self.name(generation) }
    var crlName: String { name + ".crl" }

    /// Reads one generation and checks that its parts belong together.
    ///
    /// - Throws: `ConnectorError` of kind `configuration` that names the file.
    init(_ generation: Int, in directory: CADirectory, root: Certificate, passphrase: Secret?, key need: KeyNeed) throws
    {
        self.directory = directory
        self.generation = generation
        let name = Self.name(generation)
        certificate = try directory.certificate(name + ".pem")
        guard certificate.isIssued(by: root) else {
            throw ConnectorError(
                .configuration,
                "\(directory.file(name + ".pem")) is not issued by root.pem beside it; restore both from one copy")
        }
        if need == .needed || (need == .ifThere && directory.exists(name + ".key")) {
            let key = try Self.readKey(
                name + ".key", in: directory, passphrase: passphrase, setting: "settings.passphrase")
            guard try key.publicKey == certificate.publicKey else {
                throw ConnectorError(
                    .configuration,
                    "\(directory.file(name + ".key")) is not the key of \(name).pem; restore both from one copy")
            }
            self.key = key
        } else {
            key = nil
        }
        // Starting without it would forget every revocation. An older key that has lost its list issues nothing, and says so itself.
        guard need == .ifThere || directory.exists(name + ".crl") else { throw directory.missing(name + ".crl") }
    }

    init(_ generation: Int, in directory: CADirectory, certificate: Certificate, key: PrivateKey) {
        (self.directory, self.generation, self.certificate, self.key) = (directory, generation, certificate, key)
    }

    /// - Parameter setting: where the passphrase is given.
    static func readKey(_ name: String, in directory: CADirectory, passphrase: Secret?, setting: String) throws
        -> PrivateKey
    {
        guard let pem = try directory.readSecret(name) else { throw directory.missing(name) }
        do {
            return try PrivateKey(pem: pem, passphrase: passphrase)
        } catch let error as PKIXError where error.code == .wrongPassword {
            let found = passphrase == nil ? "is encrypted; set \(setting)" : "does not open with \(setting)"
            throw ConnectorError(.configuration, "\(directory.file(name)) \(found)", detail: error.detail)
        } catch let error as PKIXError {
            throw ConnectorError(.configuration, "\(directory.file(name)): \(error)", detail: error.detail)
        }
    }

    /// - Throws: `ConnectorError` of kind `configuration` where there is none to sign with.
    func signingKey() throws -> PrivateKey {
        guard let key else {
            throw ConnectorError(
                .configuration, "\(directory.file(name + ".key")) is not there, so \(certificate.subject) signs nothing"
            )
        }
        return key
    }

    func isInForce(at now: Date) -> Bool { certificate.notAfter > now }
}
