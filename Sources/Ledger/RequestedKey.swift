// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// The key that a request is for, by the digest of its SubjectPublicKeyInfo.
struct RequestedKey: Hashable {
    /// SHA-256, 64 hexadecimal digits; of the whole request where its key cannot be read.
    let digest: String

    /// - Parameter csr: PKCS #10, DER.
    init(of csr: [UInt8]) {
        let key = try? CertificateSigningRequest(der: csr).publicKey.der
        digest = DigestAlgorithm.sha256.digest(key ?? csr).hex
    }

    init(ofCertificate der: [UInt8]) throws {
        digest = DigestAlgorithm.sha256.digest(try Certificate(der: der).publicKey.der).hex
    }
}
