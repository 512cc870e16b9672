// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
internal import Secrets

extension CMSEnvelope {
    /// Who can open an envelope: those that are named by issuer and serial number, as ours all are. Opens nothing.
    ///
    /// - Throws: `PKIXError.malformed` for what is no envelope.
    public static func recipients(of der: [UInt8]) throws -> Set<IssuerAndSerialNumber> {
        try withMessage(der) { message in
            var found: Set<IssuerAndSerialNumber> = []
            for pointer in elements(CMS_get0_RecipientInfos(message)) {
                let information = OpaquePointer(pointer)
                switch CMS_RecipientInfo_type(information) {
                case CMS_RECIPINFO_TRANS:
                    var (name, serial): (OpaquePointer?, UnsafeMutablePointer<ASN1_INTEGER>?)
                    try require(CMS_RecipientInfo_ktri_get0_signer_id(information, nil, &name, &serial), .malformed)
                    if let name, let serial { found.insert(try identifier(name, serial)) }
                case CMS_RECIPINFO_AGREE:
                    for key in elements(CMS_RecipientInfo_kari_get0_reks(information)) {
                        var (name, serial): (OpaquePointer?, UnsafeMutablePointer<ASN1_INTEGER>?)
                        try require(
                            CMS_RecipientEncryptedKey_get0_id(OpaquePointer(key), nil, nil, nil, &name, &serial),
                            .malformed)
                        if let name, let serial { found.insert(try identifier(name, serial)) }
                    }
                default: break
                }
            }
            return found
        }
    }

    private static func identifier(
        _ name: OpaquePointer, _ serial: UnsafeMutablePointer<ASN1_INTEGER>
    ) throws -> IssuerAndSerialNumber {
        IssuerAndSerialNumber(
            issuer: try encodeDER { i2d_X509_NAME(name, $0) }, serialNumber: SerialNumber(octets(serial)))
    }

    /// The same content for other recipients: the content key alone is opened and encrypted anew, what it protects is not decrypted.
    /// The authentication tag stays as it was, so that a change of the content is found by whoever opens it next.
    ///
    /// - Parameters:
    ///   - certificate: of the one who opens.
    ///   - recipients: all who can open it afterwards; nobody else can.
    /// - Throws: `PKIXError.cannotOpen` when the key opens nothing, `unacceptable` for a recipient that cannot be encrypted for.
    public static func rewrap(
        _ der: [UInt8], certificate: Certificate, key: PrivateKey, to recipients: [Certificate]
    ) throws -> [UInt8] {
        guard !recipients.isEmpty else { throw PKIXError(.unacceptable, "there is no recipient to encrypt for") }
        return try withExtendedLifetime((certificate, key)) {
            try withMessage(der) { message in
                try erasingStack {
                    try require(
                        CMS_decrypt_set1_pkey(message, key.pointer, certificate.pointer), .cannotOpen,
                        "the envelope does not open for \(certificate.subject) with the key given")
                }
                let former = CMS_get0_RecipientInfos(message)
                let count = OPENSSL_sk_num(former)
                for recipient in recipients {
                    let information = try add(recipient, to: message)
                    if CMS_RecipientInfo_type(information) == CMS_RECIPINFO_AGREE {
                        // By itself it takes the cipher from a message that is being made, and this one was read.
                        let wrap = try require(CMS_RecipientInfo_kari_get0_ctx(information))
                        try require(EVP_EncryptInit_ex(wrap, EVP_aes_256_wrap(), nil, nil, nil))
                    }
                    try require(
                        CMS_RecipientInfo_encrypt(message, information), .unacceptable,
                        "cannot encrypt for \(recipient.subject)")
                }
                // The former ones come first. They leave for as long as it is written, and go back to be freed with the message.
                var removed: [UnsafeMutableRawPointer] = []
                for _ in 0..<count {
                    if let pointer = OPENSSL_sk_delete(former, 0) { removed.append(pointer) }
                }
                defer { for pointer in removed { OPENSSL_sk_push(former, pointer) } }
                return try encodeDER { i2d_CMS_ContentInfo(message, $0) }
            }
        }
    }

    /// Whether an envelope opens for a recipient, whole and unchanged; what is in it goes nowhere.
    ///
    /// - Throws: as `decrypt`.
    public static func verify(_ der: [UInt8], certificate: Certificate, key: PrivateKey) throws {
        try withMessage(der) { message in
            try withExtendedLifetime((certificate, key)) {
                try requireAuthentication(message, certificate, key)
                let nothing = try require(BIO_new(BIO_s_null()))
                defer { BIO_free(nothing) }
                try erasingStack {
                    try require(
                        CMS_decrypt(message, key.pointer, certificate.pointer, nil, nothing, UInt32(CMS_BINARY)),
                        .cannotOpen, "the envelope does not open for \(certificate.subject) with the key given")
                }
            }
        }
    }

    static func withMessage<Result>(_ der: [UInt8], _ body: (OpaquePointer) throws -> Result) throws -> Result {
        ERR_clear_error()
        let message = try decodeBER(
            der, as: "CMS message", { d2i_CMS_ContentInfo(nil, $0, $1) }, free: { CMS_ContentInfo_free($0) })
        defer { CMS_ContentInfo_free(message) }
        guard OBJ_obj2nid(CMS_get0_type(message)) == NID_id_smime_ct_authEnvelopedData else {
            throw PKIXError(.malformed, "expected CMS AuthEnvelopedData, found another content type")
        }
        return try body(message)
    }
}
