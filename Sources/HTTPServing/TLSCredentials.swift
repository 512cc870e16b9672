// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD

/// Certificate and key in the form that GnuTLS works with; freed with the last connection that uses it.
final class TLSCredentials: @unchecked Sendable {
    // Only read after `init`, which GnuTLS allows from many threads.
    let pointer: gnutls_certificate_credentials_t

    /// - Throws: `HTTPServerError` when they are not PEM or do not belong together: the operator must act.
    init(_ identity: ServerTLSIdentity) throws(HTTPServerError) {
        var made: gnutls_certificate_credentials_t?
        guard gnutls_certificate_allocate_credentials(&made) >= 0, let made else {
            throw HTTPServerError(message: "no memory for the certificate of the server")
        }
        pointer = made
        let chain = Array(identity.certificateChainPEM.utf8)
        let status = identity.privateKeyPEM.revealed.withCString { key in
            chain.withUnsafeBufferPointer { chain in
                // GnuTLS only reads what the two point to.
                var certificate = gnutls_datum_t(
                    data: UnsafeMutablePointer(mutating: chain.baseAddress), size: UInt32(chain.count))
                var privateKey = gnutls_datum_t(
                    data: UnsafeMutableRawPointer(mutating: key).assumingMemoryBound(to: UInt8.self),
                    size: UInt32(identity.privateKeyPEM.revealed.utf8.count))
                return gnutls_certificate_set_x509_key_mem(made, &certificate, &privateKey, GNUTLS_X509_FMT_PEM)
            }
        }
        guard status >= 0 else {
            throw HTTPServerError(
                message:
                    "certificate and key cannot be used (\(String(cString: gnutls_strerror(status)))): both must be "
                    + "PEM, the key without passphrase, and belong together")
        }
    }

    deinit { gnutls_certificate_free_credentials(pointer) }
}
