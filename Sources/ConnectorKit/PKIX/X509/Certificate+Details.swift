// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

// What rules about certificates ask beyond what using one needs.
extension Certificate {
    /// Dotted OIDs of the extensions that are critical (RFC 5280 §4.2), in order.
    public var criticalExtensionTypes: [String] {
        (0..<X509_get_ext_count(pointer)).compactMap { index in
            let found = X509_get_ext(pointer, index)
            return X509_EXTENSION_get_critical(found) == 1 ? dotted(X509_EXTENSION_get_object(found)) : nil
        }
    }

    /// The ASN.1 string type of each attribute of the subject, in the order of `subject.attributes`, such as `UTF8String`.
    public var subjectStringTypes: [String] {
        let name = X509_get_subject_name(pointer)
        return (0..<max(0, X509_NAME_entry_count(name))).map { index in
            Self.stringType(ASN1_STRING_type(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index))))
        }
    }

    private static func stringType(_ tag: Int32) -> String {
        switch tag {
        case V_ASN1_UTF8STRING: "UTF8String"
        case V_ASN1_PRINTABLESTRING: "PrintableString"
        case V_ASN1_IA5STRING: "IA5String"
        case V_ASN1_T61STRING: "T61String"
        case V_ASN1_BMPSTRING: "BMPString"
        case V_ASN1_UNIVERSALSTRING: "UniversalString"
        case V_ASN1_NUMERICSTRING: "NumericString"
        default: "tag \(tag)"
        }
    }

    /// Dotted OID of the algorithm of the public key (RFC 5280 §4.1.2.7), also of one that OpenSSL does not know.
    public var publicKeyAlgorithm: String {
        var object: OpaquePointer?
        guard X509_PUBKEY_get0_param(&object, nil, nil, nil, X509_get_X509_PUBKEY(pointer)) == 1 else {
            ERR_clear_error()
            return ""
        }
        return dotted(object)
    }

    /// Dotted OID of the algorithm of the signature (RFC 5280 §4.1.1.2).
    public var signatureAlgorithm: String {
        var algorithm: UnsafePointer<X509_ALGOR>?
        X509_get0_signature(nil, &algorithm, pointer)
        var object: OpaquePointer?
        X509_ALGOR_get0(&object, nil, nil, algorithm)
        return dotted(object)
    }

    /// The digest under the signature, such as `SHA256`; nil where the algorithm names none, as with Edwards curves.
    public var signatureDigest: String? {
        defer { ERR_clear_error() }
        var digest: Int32 = 0
        guard X509_get_signature_info(pointer, &digest, nil, nil, nil) == 1, digest != NID_undef else { return nil }
        return OBJ_nid2sn(digest).map { String(cString: $0) }
    }

    /// Whether the serial number is below zero, whose sign `serialNumber` does not keep.
    public var hasNegativeSerialNumber: Bool {
        ASN1_STRING_type(X509_get0_serialNumber(pointer)) == V_ASN1_NEG_INTEGER
    }

    /// Whether issuer name or serial number stand in the authority key identifier (RFC 5280 §4.2.1.1).
    public var authorityKeyIdentifierNamesIssuer: Bool {
        X509_get0_authority_issuer(pointer) != nil || X509_get0_authority_serial(pointer) != nil
    }

    /// The locations of the authority information access (RFC 5280 §4.2.2.1), in order: dotted OID of the method, and the name.
    public var authorityInformation: [(method: String, location: GeneralName)] {
        withExtension(NID_info_access, free: { AUTHORITY_INFO_ACCESS_free($0) }) { (access: OpaquePointer) in
            elements(access).map { element in
                let description = element.assumingMemoryBound(to: ACCESS_DESCRIPTION.self).pointee
                return (dotted(description.method), GeneralName(reading: description.location))
            }
        } ?? []
    }

    /// The qualifiers of the certificate policies (RFC 5280 §4.2.1.4), in order.
    public var policyQualifiers: [PolicyQualifier] {
        withExtension(NID_certificate_policies, free: { CERTIFICATEPOLICIES_free($0) }) { (policies: OpaquePointer) in
            elements(policies).flatMap { element -> [PolicyQualifier] in
                let policy = element.assumingMemoryBound(to: POLICYINFO.self).pointee
                return elements(policy.qualifiers).map { qualifier in
                    PolicyQualifier(reading: qualifier.assumingMemoryBound(to: POLICYQUALINFO.self).pointee)
                }
            }
        } ?? []
    }

    /// Whether the issuer's name is octet for octet the subject of `issuer` (RFC 5280 §4.1.2.4 compares more loosely).
    public func hasIssuerName(of issuer: Certificate) -> Bool {
        let own = try? encodeDER { i2d_X509_NAME(X509_get_issuer_name(pointer), $0) }
        return own != nil && own == (try? encodeDER { i2d_X509_NAME(X509_get_subject_name(issuer.pointer), $0) })
    }
}
