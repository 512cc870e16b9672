// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Secrets

/// Certificate and key with which a server answers over TLS.
public struct ServerTLSIdentity: Sendable {
    /// The server's certificate, then the issuing ones, as PEM.
    public let certificateChainPEM: String
    /// The private key as unencrypted PEM.
    public let privateKeyPEM: Secret

    public init(certificateChainPEM: String, privateKeyPEM: Secret) {
        self.certificateChainPEM = certificateChainPEM
        self.privateKeyPEM = privateKeyPEM
    }
}
