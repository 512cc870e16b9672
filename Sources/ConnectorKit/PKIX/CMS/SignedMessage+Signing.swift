// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

extension SignedMessage {
    /// Which certificate field names the signer in its SignerInfo (RFC 5652 §5.3).
    public enum SignerIdentification: String, Sendable, CaseIterable {
        case issuerAndSerialNumber
        /// Needs a certificate with a subject key identifier.
        case subjectKeyIdentifier
    }

    /// Makes a message with one signer and its content inside.
    ///
    /// The signed attributes are contentType, messageDigest and signingTime, and those given.
    ///
    /// - Parameters:
    ///   - contentType: dotted object identifier of what `content` is.
    ///   - certificate: the signer's; it goes into the message.
    ///   - certificates: go into the message too, such as the chain of the signer; doubles are dropped.
    ///   - signedAttributes: further ones by dotted object identifier, each with the DER of its one value.
    /// - Returns: ContentInfo, DER.
    /// - Throws: `PKIXError.unacceptable` when key and certificate do not belong together; `malformed` for an object
    ///   identifier or attribute value that is none.
    public static func sign(
        _ content: [UInt8], contentType: String, certificate: Certificate, key: PrivateKey,
        identification: SignerIdentification = .issuerAndSerialNumber, digest: DigestAlgorithm = .sha256,
        certificates: [Certificate] = [], signedAttributes: [(type: String, value: [UInt8])] = []
    ) throws -> [UInt8] {
        ERR_clear_error()
        // Without CMS_BINARY the content would be changed as if it were mail text.
        var flags = UInt32(CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP)
        if identification == .subjectKeyIdentifier { flags |= UInt32(CMS_USE_KEYID) }
        let message = try require(CMS_sign(nil, nil, nil, nil, flags), .library, "cannot begin the message")
        defer { CMS_ContentInfo_free(message) }
        let type = try makeObject(contentType)
        defer { ASN1_OBJECT_free(type) }
        try require(CMS_set1_eContentType(message, type))
        let signer = try withExtendedLifetime((certificate, key)) {
            try require(
                CMS_add1_signer(message, certificate.pointer, key.pointer, digest.evp, flags), .unacceptable,
                "cannot sign as \(certificate): the key is another one, or the certificate has no key identifier")
        }
        for attribute in signedAttributes { try add(attribute.value, type: attribute.type, to: signer) }
        var present: Set = [certificate]
        for other in certificates where present.insert(other).inserted {
            try require(CMS_add1_cert(message, other.pointer), .library, "cannot add \(other)")
        }
        try content.withUnsafeBytes { bytes in
            try withReadBIO(bytes) { bio in
                try require(CMS_final(message, bio, nil, flags), .library, "cannot sign the message")
            }
        }
        return try encodeDER { i2d_CMS_ContentInfo(message, $0) }
    }

    private static func add(_ value: [UInt8], type: String, to signer: OpaquePointer) throws {
        let object = try makeObject(type)
        defer { ASN1_OBJECT_free(object) }
        let parsed = try decodeDER(
            value, as: "attribute value", { d2i_ASN1_TYPE(nil, $0, $1) }, free: { ASN1_TYPE_free($0) })
        defer { ASN1_TYPE_free(parsed) }
        // With -1 for the length, the value is taken as the parsed object it is.
        try require(
            CMS_signed_add1_attr_by_OBJ(signer, object, parsed.pointee.type, parsed.pointee.value.ptr, -1), .library,
            "cannot add the signed attribute \(type)")
    }
}
