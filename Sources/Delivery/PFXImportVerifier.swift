// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX
import Secrets

/// Plays the Intune certificate connector: opens an imported PFX with the connector's private key and checks that a
/// device could use it (wire/intune-pfx.md section 8). For the demo and for tests; a real connector keeps its key to
/// itself.
public struct PFXImportVerifier: Sendable {
    private let privateKey: PrivateKey
    private let providerName: String
    private let keyName: String

    public init(
        privateKey: PrivateKey, providerName: String = "Microsoft Software Key Storage Provider", keyName: String
    ) {
        self.privateKey = privateKey
        self.providerName = providerName
        self.keyName = keyName
    }

    /// Opens one stored entity.
    ///
    /// - Parameters:
    ///   - entity: as uploaded, with file and password; Intune's own answers have neither.
    ///   - addresses: the user's mail addresses; the certificate must have one of them. nil skips that check.
    /// - Throws: `PFXImportError`, naming what would fail on the device.
    public func open(_ entity: JSONValue, addresses: [String]? = nil) throws(PFXImportError) -> OpenedPFX {
        let facts = UserPFXCertificate(entity)
        func fail(_ problem: String) -> PFXImportError { PFXImportError(entityID: facts.id, message: problem) }

        guard facts.providerName == providerName, facts.keyName == keyName else {
            throw fail(
                "the connector has no key \(facts.keyName) in \(facts.providerName), only \(keyName) in \(providerName)"
            )
        }
        guard let scheme = PaddingScheme(name: facts.paddingScheme) else {
            throw fail(PaddingScheme.refusal(facts.paddingScheme))
        }
        guard let sealed = entity["encryptedPfxPassword"]?.string.flatMap({ Data(base64Encoded: $0) }),
            let file = entity["encryptedPfxBlob"]?.string.flatMap({ Data(base64Encoded: $0) })
        else { throw fail("encryptedPfxPassword or encryptedPfxBlob is missing or not base64") }
        guard let password = try? privateKey.decryptOAEP(Array(sealed), hash: scheme.hash) else {
            throw fail("the password does not open with the connector's key and \(scheme.rawValue)")
        }
        guard !password.isEmpty, password.withBytes({ $0.allSatisfy { (0x20...0x7E).contains($0) } }) else {
            throw fail("the password is empty or not printable ASCII")
        }
        guard let bundle = try? PKCS12Bundle.open(Array(file), password: password) else {
            throw fail("the PFX does not open with its password")
        }
        let leaf = bundle.certificate
        guard let publicKey = try? bundle.key.publicKey, publicKey == (try? leaf.publicKey) else {
            throw fail("the private key in the PFX does not belong to its certificate")
        }
        guard leaf.sha1Fingerprint == facts.thumbprint else {
            throw fail("the thumbprint is \(facts.thumbprint), the certificate's is \(leaf.sha1Fingerprint)")
        }
        guard facts.startDateTime == leaf.notBefore, facts.expirationDateTime == leaf.notAfter else {
            throw fail("startDateTime or expirationDateTime is not the certificate's validity")
        }
        if let addresses {
            let known = Set(addresses.map { $0.lowercased() })
            guard leaf.emailAddresses.contains(where: { known.contains($0.lowercased()) }) else {
                throw fail("the certificate has no mail address of \(facts.userPrincipalName)")
            }
        }
        return OpenedPFX(certificate: leaf, chain: bundle.chain, privateKey: bundle.key)
    }
}
