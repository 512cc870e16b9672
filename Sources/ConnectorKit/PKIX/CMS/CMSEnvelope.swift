// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Secrets

/// Content encrypted for certificates: CMS AuthEnvelopedData (RFC 5652, 5083) with AES-256-GCM (RFC 5084).
///
/// Each recipient can open it alone, with `openssl cms -decrypt` too. RSA recipients get the content key by RSAES-OAEP
/// with SHA-256 (RFC 3560), recipients on a curve by ephemeral ECDH (RFC 5753).
public enum CMSEnvelope {
    /// - Parameter recipients: one or more; whether they are acceptable is for the caller to check.
    /// - Returns: ContentInfo, DER.
    public static func encrypt(_ content: Secret, recipients: [Certificate]) throws -> [UInt8] {
        guard !recipients.isEmpty else { throw PKIXError(.unacceptable, "there is no recipient to encrypt for") }
        let flags = UInt32(CMS_BINARY | CMS_PARTIAL)
        let message = try require(
            CMS_encrypt(nil, nil, EVP_aes_256_gcm(), flags), .library, "cannot begin the envelope")
        defer { CMS_ContentInfo_free(message) }
        for recipient in recipients { try add(recipient, to: message) }
        try content.withBytes { bytes in
            try withReadBIO(bytes) { bio in
                try require(CMS_final(message, bio, nil, flags), .library, "cannot encrypt the envelope")
            }
        }
        return try encodeDER { i2d_CMS_ContentInfo(message, $0) }
    }

    /// Opens an envelope as one of its recipients.
    ///
    /// - Throws: `PKIXError.cannotOpen` when `certificate` is no recipient, the key is another one, or bytes were changed.
    public static func decrypt(_ der: [UInt8], certificate: Certificate, key: PrivateKey) throws -> Secret {
        // EnvelopedData without authentication would let changed bytes through.
        try withMessage(der) { message in
            try withExtendedLifetime((certificate, key)) {
                try requireAuthentication(message, certificate, key)
                return try collectSecret { bio in
                    try require(
                        CMS_decrypt(message, key.pointer, certificate.pointer, nil, bio, UInt32(CMS_BINARY)),
                        .cannotOpen, "the envelope does not open for \(certificate.subject) with the key given")
                }
            }
        }
    }

    /// OpenSSL deciphers by whatever cipher the envelope names: with another than GCM, or with a tag cut short, changed bytes
    /// would open. RFC 5084 §3.2 has the lengths of tags, ours are whole.
    static func requireAuthentication(_ message: OpaquePointer, _ certificate: Certificate, _ key: PrivateKey)
        throws
    {
        try require(
            CMS_decrypt_set1_pkey(message, key.pointer, certificate.pointer), .cannotOpen,
            "the envelope does not open for \(certificate.subject) with the key given")
        let content = try require(CMS_dataInit(message, nil), .cannotOpen, "the envelope does not open")
        defer { BIO_free_all(content) }
        var cipher: OpaquePointer?
        guard BIO_ctrl(content, BIO_C_GET_CIPHER_CTX, 0, &cipher) == 1, let cipher,
            EVP_CIPHER_get_mode(EVP_CIPHER_CTX_get0_cipher(cipher)) == EVP_CIPH_GCM_MODE,
            EVP_CIPHER_CTX_get_tag_length(cipher) == 16
        else { throw PKIXError(.cannotOpen, "the envelope is not encrypted by AES-GCM with a tag of 16 bytes") }
    }

    @discardableResult
    static func add(_ recipient: Certificate, to message: OpaquePointer) throws -> OpaquePointer {
        let information = try require(
            CMS_add1_recipient(message, recipient.pointer, nil, nil, UInt32(CMS_KEY_PARAM)),
            .unacceptable, "cannot encrypt for \(recipient.subject)")
        let context = try require(CMS_RecipientInfo_get0_pkey_ctx(information))
        if try recipient.publicKey.isRSA {
            try PublicKey.setOAEP(context, hash: .sha256)
        } else {
            // Left alone, the key derivation would use SHA-1.
            try require(EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()), .unacceptable, "not a key for ECDH")
        }
        return information
    }
}
