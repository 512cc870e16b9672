// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
internal import Secrets

extension PrivateKey {
    /// Writes the key as `ENCRYPTED PRIVATE KEY` (RFC 5958): PBES2 with scrypt (RFC 7914) and AES-256-CBC. Takes 16 MB and a
    /// few tenths of a second, as does each guess at the passphrase.
    ///
    /// N = 2^14, r = 8, p = 5: the most memory that OpenSSL gives to scrypt without being asked is 32 MB, so every `openssl pkey`
    /// opens it.
    func writeEncrypted(to bio: OpaquePointer, passphrase: Secret) throws {
        let info = try require(EVP_PKEY2PKCS8(pointer), .library, "cannot encode the private key")
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        // Salt and initialization vector are made by OpenSSL.
        let algorithm = try require(PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nil, 16, nil, 1 << 14, 8, 5))
        let sealed = passphrase.withBytes { bytes in
            PKCS8_set0_pbe(bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count), info, algorithm)
        }
        guard let sealed else {
            X509_ALGOR_free(algorithm)
            throw PKIXError.fromQueue(.library, "cannot encrypt the private key")
        }
        defer { X509_SIG_free(sealed) }
        try require(PEM_write_bio_PKCS8(bio, sealed))
    }
}
