// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL
public import Foundation

/// A signed message: CMS SignedData (RFC 5652 §5), as it was read. Reading proves nothing; `verify` does.
///
/// A message without content and signers only carries certificates (RFC 8551 §3.2.2): what CAs call "p7b" and CMC calls a
/// simple PKI response.
public struct SignedMessage: Sendable {
    /// ContentInfo as it came, DER or BER.
    public let encoded: [UInt8]
    /// eContentType, a dotted object identifier.
    public let contentType: String
    /// nil where the message carries none.
    public let content: [UInt8]?
    /// In the order of the message, which means nothing.
    public let certificates: [Certificate]
    public let signers: [Signer]
    let structure: SignedMessageStructure

    /// One SignerInfo (RFC 5652 §5.3). Its attributes can be believed once the message is verified.
    public struct Signer: Sendable, Hashable {
        /// How the signer's certificate is named.
        public enum Identifier: Sendable, Hashable {
            case issuerAndSerialNumber(DistinguishedName, SerialNumber)
            case subjectKeyIdentifier([UInt8])
        }

        public let identifier: Identifier
        /// Dotted object identifier.
        public let digestAlgorithm: String
        /// Signed attributes (RFC 5652 §11) by dotted object identifier: the DER of each value.
        public let signedAttributes: [String: [[UInt8]]]
        /// By the signer's clock; nil where it does not say.
        public let signingTime: Date?
    }

    /// Reads ContentInfo with SignedData in it, in DER or BER; bytes behind it are refused.
    ///
    /// - Throws: `PKIXError.malformed`, also for another content type such as EnvelopedData or AuthenticatedData.
    public init(_ encoded: [UInt8]) throws {
        structure = try SignedMessageStructure(encoded)
        let message = structure.pointer
        self.encoded = encoded
        contentType = dotted(CMS_get0_eContentType(message))
        content = CMS_get0_content(message).flatMap { $0.pointee }.map { octets($0) }
        let stack = CMS_get1_certs(message)
        defer { OPENSSL_sk_pop_free(stack) { X509_free(OpaquePointer($0)) } }
        certificates = try elements(stack).map { element in
            try Certificate(der: encodeDER { i2d_X509(OpaquePointer(element), $0) })
        }
        signers = try elements(CMS_get0_SignerInfos(message)).map { try Signer(reading: OpaquePointer($0)) }
        ERR_clear_error()
    }

    /// Whether it is nothing but a bag of certificates.
    public var isCertsOnly: Bool { content == nil && signers.isEmpty }
}

extension SignedMessage.Signer {
    init(reading signer: OpaquePointer) throws {
        var key: UnsafeMutablePointer<ASN1_OCTET_STRING>?
        var issuer: OpaquePointer?
        var serial: UnsafeMutablePointer<ASN1_INTEGER>?
        try require(CMS_SignerInfo_get0_signer_id(signer, &key, &issuer, &serial), .malformed, "a signer has no id")
        identifier =
            key.map { .subjectKeyIdentifier(octets($0)) }
            ?? .issuerAndSerialNumber(DistinguishedName(reading: issuer), SerialNumber(octets(serial)))
        var digest: UnsafeMutablePointer<X509_ALGOR>?
        CMS_SignerInfo_get0_algs(signer, nil, nil, &digest, nil)
        var algorithm: OpaquePointer?
        X509_ALGOR_get0(&algorithm, nil, nil, digest)
        digestAlgorithm = dotted(algorithm)
        var attributes: [String: [[UInt8]]] = [:]
        var time: Date?
        for index in 0..<max(0, CMS_signed_get_attr_count(signer)) {
            let attribute = CMS_signed_get_attr(signer, index)
            let object = X509_ATTRIBUTE_get0_object(attribute)
            let values = (0..<X509_ATTRIBUTE_count(attribute)).compactMap { X509_ATTRIBUTE_get0_type(attribute, $0) }
            attributes[dotted(object), default: []] += try values.map { value in
                try encodeDER { i2d_ASN1_TYPE(value, $0) }
            }
            if OBJ_obj2nid(object) == NID_pkcs9_signingTime, let value = values.first,
                [V_ASN1_UTCTIME, V_ASN1_GENERALIZEDTIME].contains(value.pointee.type)
            {
                time = ASN1Time.date(value.pointee.value.asn1_string)
            }
        }
        signedAttributes = attributes
        signingTime = time
    }
}
