// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// A PKCS #10 request (RFC 2986): names and public key, signed with the private key as proof of possession.
public final class CertificateSigningRequest: Sendable, Hashable {
    // Only read after init.
    nonisolated(unsafe) let pointer: OpaquePointer
    public let der: [UInt8]

    /// Reads DER; bytes after the request are refused. The signature is not checked here.
    public init(der: [UInt8]) throws {
        pointer = try decodeDER(
            der, as: "certificate signing request", { d2i_X509_REQ(nil, $0, $1) }, free: { X509_REQ_free($0) })
        self.der = der
    }

    /// Reads the first `CERTIFICATE REQUEST` block of a PEM text.
    public convenience init(pem: String) throws {
        try self.init(der: PEM.first(pem, labels: ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"]))
    }

    deinit { X509_REQ_free(pointer) }

    /// Makes and signs a request, and verifies what it signed: that is the check of a freshly made key.
    ///
    /// - Parameters:
    ///   - subject: may be empty; most CAs take the names from their own order anyway.
    ///   - alternativeNames: go into an extension request (RFC 2985 §5.4.2).
    ///   - securityIdentifier: `S-1-5-21-…` of the account a logon certificate is for; goes there as extension
    ///     1.3.6.1.4.1.311.25.2 and, for CAs that copy names only, as the alternative name that stands for it.
    /// - Throws: `PKIXError.unacceptable` for names that cannot be encoded.
    public static func make(
        subject: DistinguishedName, alternativeNames: [GeneralName] = [], securityIdentifier: String? = nil,
        key: PrivateKey
    ) throws -> CertificateSigningRequest {
        let request = try require(X509_REQ_new())
        defer { X509_REQ_free(request) }
        try require(X509_REQ_set_version(request, 0))
        let name = try subject.makeName()
        defer { X509_NAME_free(name) }
        try require(X509_REQ_set_subject_name(request, name))
        try require(X509_REQ_set_pubkey(request, key.pointer))
        try add(alternativeNames, securityIdentifier, to: request)
        try erasingStack {
            try require(
                X509_REQ_sign(request, key.pointer, (key.keyType?.digest ?? .sha256).evp), .library, "cannot sign")
        }
        let made = try CertificateSigningRequest(der: encodeDER { i2d_X509_REQ(request, $0) })
        try made.verifySignature()
        return made
    }

    private static func add(
        _ alternativeNames: [GeneralName], _ securityIdentifier: String?, to request: OpaquePointer
    ) throws {
        var extensions: OpaquePointer?
        defer { OPENSSL_sk_pop_free(extensions) { X509_EXTENSION_free(OpaquePointer($0)) } }
        var alternativeNames = alternativeNames
        if let securityIdentifier {
            let value = try SecurityIdentifierExtension.der(securityIdentifier)
            alternativeNames.append(
                .uniformResourceIdentifier(SecurityIdentifierExtension.uriPrefix + securityIdentifier))
            let object = try makeObject(SecurityIdentifierExtension.type)
            defer { ASN1_OBJECT_free(object) }
            let string = try require(ASN1_STRING_type_new(V_ASN1_OCTET_STRING))
            defer { ASN1_STRING_free(string) }
            try setOctets(string, value)
            let made = try require(X509_EXTENSION_create_by_OBJ(nil, object, 0, string))
            defer { X509_EXTENSION_free(made) }
            _ = try require(X509v3_add_ext(&extensions, made, -1))
        }
        guard !alternativeNames.isEmpty else { return }
        let names = try GeneralName.makeNames(alternativeNames)
        defer { GENERAL_NAMES_free(names) }
        try require(X509V3_add1_i2d(&extensions, NID_subject_alt_name, UnsafeMutableRawPointer(names), 0, 0))
        try require(X509_REQ_add_extensions(request, extensions))
    }

    public var pem: String { PEM.encode(der, label: "CERTIFICATE REQUEST") }

    public static func == (left: CertificateSigningRequest, right: CertificateSigningRequest) -> Bool {
        left.der == right.der
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }

    /// How many lists of extensions it asks for, by RFC 2985 §5.4.2 and by Microsoft's attribute of the same meaning. Of several, CAs
    /// may read different ones.
    public var extensionLists: Int {
        var count: Int32 = 0
        for type in [NID_ext_req, NID_ms_ext_req] {
            var position = X509_REQ_get_attr_by_NID(pointer, type, -1)
            while position >= 0 {
                count += X509_ATTRIBUTE_count(X509_REQ_get_attr(pointer, position))
                position = X509_REQ_get_attr_by_NID(pointer, type, position)
            }
        }
        return Int(count)
    }

    public var subject: DistinguishedName { DistinguishedName(reading: X509_REQ_get_subject_name(pointer)) }

    public var publicKey: PublicKey {
        get throws {
            try PublicKey(
                taking: require(X509_REQ_get_pubkey(pointer), .unacceptable, "the request's public key cannot be read"),
                der: encodeDER { i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(pointer), $0) })
        }
    }

    /// The alternative names asked for in the extension request.
    public var subjectAlternativeNames: [GeneralName] {
        guard let extensions = X509_REQ_get_extensions(pointer) else {
            ERR_clear_error()
            return []
        }
        defer { OPENSSL_sk_pop_free(extensions) { X509_EXTENSION_free(OpaquePointer($0)) } }
        guard let names = X509V3_get_d2i(extensions, NID_subject_alt_name, nil, nil) else {
            ERR_clear_error()
            return []
        }
        defer { GENERAL_NAMES_free(OpaquePointer(names)) }
        return GeneralName.read(OpaquePointer(names))
    }

    /// Proof of possession: the request is signed by the key it carries.
    ///
    /// - Throws: `PKIXError.signatureMismatch`.
    public func verifySignature() throws {
        let key = try publicKey
        try require(
            X509_REQ_verify(pointer, key.pointer), .signatureMismatch,
            "the request is not signed by the key it carries")
    }
}
