// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Secrets

/// Whom a TLS connection trusts, and what it presents. Checking the server cannot be switched off.
///
/// Make one and share it: connections are reused only between requests with the same options.
public final class TLSOptions: Sendable {
    /// Client certificate, then its intermediates, in PEM.
    let certificateChain: Secret?
    /// Private key of the client certificate, in PEM without passphrase.
    let privateKey: Secret?
    /// Trust anchors in PEM, trusted in place of the system's.
    let trustAnchors: Secret?

    /// - Parameters:
    ///   - certificateChainPEM: client certificate first, then its intermediates; nil to present none.
    ///   - privateKeyPEM: the certificate's key, not encrypted.
    ///   - trustAnchorsPEM: certificates trusted in place of the system's store; nil trusts what the client trusts.
    public init(certificateChainPEM: String? = nil, privateKeyPEM: Secret? = nil, trustAnchorsPEM: String? = nil) {
        // A secret is also a buffer that stays in its place, which libcurl needs; certificates themselves are public.
        certificateChain = certificateChainPEM.map(Secret.init)
        privateKey = privateKeyPEM
        trustAnchors = trustAnchorsPEM.map(Secret.init)
    }
}
