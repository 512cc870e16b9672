// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets

/// Encrypts private keys for the key recovery agents and opens them again; the only place that sees archived keys.
///
/// An archived key is its PKCS #8 PrivateKeyInfo (RFC 5958, DER) in CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM.
/// Every agent can open it alone, without Certway:
///
///     openssl cms -decrypt -binary -inform DER -in key.cms -inkey agent.key -recip agent.pem | openssl pkey -inform DER
public enum KeyArchive {
    /// The key, encrypted for every one of `recipients`. Costs well under a millisecond per recipient.
    ///
    /// - Parameter date: when the agents' certificates must be valid.
    /// - Throws: `PKIXError.unacceptable` with every error among the recipients; the operator must act. Nothing is
    ///   archived for a part of them.
    public static func archive(
        privateKey: PrivateKey, recipients: [KeyRecoveryAgent], at date: Date = Date()
    ) throws -> [UInt8] {
        let errors = KeyRecoveryAgent.findings(recipients, at: date).filter { $0.severity == .error }
        guard errors.isEmpty else {
            throw PKIXError(.unacceptable, errors.map(\.message).joined(separator: "; "))
        }
        return try CMSEnvelope.encrypt(privateKey.pkcs8, recipients: recipients.map(\.certificate))
    }

    /// Opens an archived key as one of its recipients.
    ///
    /// - Parameters:
    ///   - certificate: the agent's, as it was when the key was archived; it may have expired since.
    ///   - subscriber: the certificate the key was made for, if it is known.
    /// - Throws: `PKIXError.cannotOpen` when the agent is no recipient or its key is another one; `unacceptable` when what
    ///   comes out does not belong to `subscriber`.
    public static func recover(
        cms: [UInt8], certificate: Certificate, key: PrivateKey, subscriber: Certificate? = nil
    ) throws -> PrivateKey {
        let recovered = try PrivateKey(pkcs8: CMSEnvelope.decrypt(cms, certificate: certificate, key: key))
        if let subscriber { try verify(recovered, belongsTo: subscriber) }
        return recovered
    }

    /// - Throws: `PKIXError.unacceptable` when `key` is not the private half of the certificate's key.
    public static func verify(_ key: PrivateKey, belongsTo certificate: Certificate) throws {
        guard try key.publicKey == certificate.publicKey else {
            throw PKIXError(.unacceptable, "the archived key does not belong to \(certificate)")
        }
    }
}
