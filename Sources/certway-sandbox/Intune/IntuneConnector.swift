// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import PKIX
import Secrets

/// The certificate connector that the tenant's devices are served by: a key pair in a named provider.
struct IntuneConnector: Sendable {
    static let providerName = "Microsoft Software Key Storage Provider"
    static let keyName = "PFXEncryptionKey"
    let key: PrivateKey

    init() throws { key = try PrivateKey.generate(.rsa2048) }

    /// Both halves: whoever plays the connector needs the private one.
    var json: JSONValue {
        get throws {
            [
                "providerName": .string(Self.providerName), "keyName": .string(Self.keyName),
                "publicKeyPEM": .string(try key.publicKey.pem), "privateKeyPEM": .string(try key.pem().revealed),
            ]
        }
    }
}
