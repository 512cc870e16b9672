// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX
public import Secrets

/// What opens archived keys in an agent's name.
public enum AgentKey: Sendable {
    /// The private key itself, of a file.
    case file(PKIX.PrivateKey)
    /// Something elsewhere that has it.
    case service(any ContentKeyService)

    /// Reads a private key out of a file: PEM, or PKCS #12.
    ///
    /// - Parameter passphrase: of either.
    /// - Throws: `PKIXError` for what is neither, and for a wrong passphrase.
    public init(file content: Secret, passphrase: Secret?) throws {
        let isPEM = content.withBytes { bytes in
            bytes.count > 10 && (0..<bytes.count - 10).contains { bytes[$0..<$0 + 10].elementsEqual("-----BEGIN".utf8) }
        }
        if isPEM {
            self = .file(try PKIX.PrivateKey(pem: content, passphrase: passphrase))
        } else {
            // The file is encrypted, so that its bytes are no secret.
            let bytes = content.withBytes { Array($0) }
            self = .file(try PKCS12Bundle.open(bytes, password: passphrase ?? Secret("")).key)
        }
    }
}
