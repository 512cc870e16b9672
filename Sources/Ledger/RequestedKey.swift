// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// A key by the digest of what is the same for each of its spellings (`PublicKey.identity`).
struct RequestedKey: Hashable {
    /// SHA-256, 64 hexadecimal digits; of the whole request where its key cannot be read.
    let digest: String

    /// - Parameter csr: PKCS #10, DER.
    init(of csr: [UInt8]) {
        let key = try? CertificateSigningRequest(der: csr).publicKey.identity
        digest = DigestAlgorithm.sha256.digest(key ?? csr).hex
    }

    init(digest: String) { self.digest = digest }

    init(_ key: PublicKey) { digest = DigestAlgorithm.sha256.digest(key.identity).hex }

    /// - Parameter der: a certificate; of the whole of it where its key cannot be read, which must keep nobody from revoking it.
    init(ofCertificate der: [UInt8]) {
        let key = try? Certificate(der: der).publicKey.identity
        digest = DigestAlgorithm.sha256.digest(key ?? der).hex
    }
}
