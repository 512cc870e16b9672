// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

extension Certificate {
    /// Every alternative name, in order (RFC 5280 §4.2.1.6).
    public var subjectAlternativeNames: [GeneralName] {
        withExtension(NID_subject_alt_name, free: { GENERAL_NAMES_free($0) }) { GeneralName.read($0) } ?? []
    }

    /// The rfc822Name entries, which are the addresses an S/MIME certificate is for.
    public var emailAddresses: [String] {
        subjectAlternativeNames.compactMap { if case .rfc822Name(let address) = $0 { address } else { nil } }
    }

    public var userPrincipalNames: [String] {
        subjectAlternativeNames.compactMap { if case .userPrincipalName(let name) = $0 { name } else { nil } }
    }

    /// nil when the extension is absent, which allows every use.
    public var keyUsage: KeyUsage? {
        withExtensionStructure(NID_key_usage, free: { ASN1_BIT_STRING_free($0) }) { KeyUsage(reading: $0) }
    }

    /// Empty when the extension is absent, which allows every purpose.
    public var extendedKeyUsage: [KeyPurpose] {
        withExtension(NID_ext_key_usage, free: { EXTENDED_KEY_USAGE_free($0) }) { (purposes: OpaquePointer) in
            elements(purposes).map { KeyPurpose(rawValue: dotted(OpaquePointer($0))) }
        } ?? []
    }

    /// cA of the basic constraints (RFC 5280 §4.2.1.9).
    public var isCA: Bool {
        withExtensionStructure(NID_basic_constraints, free: { BASIC_CONSTRAINTS_free($0) }) { $0.pointee.ca != 0 }
            ?? false
    }

    public var pathLengthConstraint: Int? {
        withExtensionStructure(NID_basic_constraints, free: { BASIC_CONSTRAINTS_free($0) }) { constraints in
            constraints.pointee.pathlen.map { ASN1_INTEGER_get($0) }
        } ?? nil
    }

    public var subjectKeyIdentifier: [UInt8]? {
        X509_get0_subject_key_id(pointer).map { octets($0) }
    }

    public var authorityKeyIdentifier: [UInt8]? {
        X509_get0_authority_key_id(pointer).map { octets($0) }
    }

    /// The http and ldap addresses of all distribution points (RFC 5280 §4.2.1.13).
    public var crlDistributionPoints: [String] {
        withExtension(NID_crl_distribution_points, free: { CRL_DIST_POINTS_free($0) }) { (points: OpaquePointer) in
            elements(points).flatMap { element -> [String] in
                let point = element.assumingMemoryBound(to: DIST_POINT.self).pointee
                guard let name = point.distpoint?.pointee, name.type == 0 else { return [] }
                return GeneralName.read(name.name.fullname).compactMap(\.uri)
            }
        } ?? []
    }

    /// Where the issuer's OCSP responder is (RFC 5280 §4.2.2.1).
    public var ocspURLs: [String] { accessLocations(NID_ad_OCSP) }
    /// Where the issuer's certificate is (RFC 5280 §4.2.2.1).
    public var caIssuersURLs: [String] { accessLocations(NID_ad_ca_issuers) }

    /// Dotted OIDs of the certificate policies (RFC 5280 §4.2.1.4).
    public var certificatePolicies: [String] {
        withExtension(NID_certificate_policies, free: { CERTIFICATEPOLICIES_free($0) }) { (policies: OpaquePointer) in
            elements(policies).map { dotted($0.assumingMemoryBound(to: POLICYINFO.self).pointee.policyid) }
        } ?? []
    }

    /// Purposes that Windows looks at instead of the extended key usage where a certificate names them
    /// (szOID_APPLICATION_CERT_POLICIES, MS-WCCE §2.2.2.7.7.3).
    public var applicationPolicies: [KeyPurpose] {
        guard let value = extensionValue("1.3.6.1.4.1.311.21.10"),
            let policies = try? decodeDER(
                value, as: "application policies", { d2i_CERTIFICATEPOLICIES(nil, $0, $1) },
                free: { CERTIFICATEPOLICIES_free($0) })
        else { return extensionTypes.contains("1.3.6.1.4.1.311.21.10") ? [.any] : [] }
        defer { CERTIFICATEPOLICIES_free(policies) }
        return elements(policies).map {
            KeyPurpose(rawValue: dotted($0.assumingMemoryBound(to: POLICYINFO.self).pointee.policyid))
        }
    }

    /// Whether it has the extension 1.3.6.1.4.1.311.25.2 in a form that `securityIdentifier` cannot read.
    public var carriesUnreadableSecurityIdentifier: Bool {
        extensionTypes.contains(SecurityIdentifierExtension.type) && securityIdentifier == nil
    }

    /// The security identifier of extension 1.3.6.1.4.1.311.25.2, such as `S-1-5-21-…` (wire/entra-cba §6).
    public var securityIdentifier: String? {
        guard let value = extensionValue(SecurityIdentifierExtension.type) else { return nil }
        return SecurityIdentifierExtension.read(value)
    }

    /// Every security identifier it carries: that of the extension, and those of names `tag:microsoft.com,2022-09-14:sid:…`,
    /// which stand for it where a CA copies names and not extensions (KB5014754).
    public var securityIdentifiers: [String] {
        [securityIdentifier].compactMap(\.self) + subjectAlternativeNames.compactMap(\.securityIdentifier)
    }

    /// Dotted OIDs of every extension, in order.
    public var extensionTypes: [String] {
        (0..<X509_get_ext_count(pointer)).map { dotted(X509_EXTENSION_get_object(X509_get_ext(pointer, $0))) }
    }

    /// The DER inside the extension `type` (dotted OID); nil when it is absent.
    public func extensionValue(_ type: String) -> [UInt8]? {
        guard let object = OBJ_txt2obj(type, 1) else { return nil }
        defer { ASN1_OBJECT_free(object) }
        let index = X509_get_ext_by_OBJ(pointer, object, -1)
        guard index >= 0, let found = X509_get_ext(pointer, index) else { return nil }
        return octets(X509_EXTENSION_get_data(found))
    }

    private func accessLocations(_ method: Int32) -> [String] {
        withExtension(NID_info_access, free: { AUTHORITY_INFO_ACCESS_free($0) }) { (access: OpaquePointer) in
            elements(access).compactMap { element -> String? in
                let description = element.assumingMemoryBound(to: ACCESS_DESCRIPTION.self).pointee
                guard OBJ_obj2nid(description.method) == method else { return nil }
                return GeneralName(reading: description.location).uri
            }
        } ?? []
    }

    /// Runs `body` with the parsed extension; nil when it is absent, double or unreadable.
    func withExtension<Result>(
        _ nid: Int32, free: (OpaquePointer) -> Void, _ body: (OpaquePointer) -> Result
    ) -> Result? {
        guard let parsed = X509_get_ext_d2i(pointer, nid, nil, nil).map({ OpaquePointer($0) }) else {
            ERR_clear_error()
            return nil
        }
        defer { free(parsed) }
        return body(parsed)
    }

    /// The same for the extensions whose C type Swift knows.
    private func withExtensionStructure<Value, Result>(
        _ nid: Int32, free: (UnsafeMutablePointer<Value>) -> Void, _ body: (UnsafeMutablePointer<Value>) -> Result
    ) -> Result? {
        withExtension(nid, free: { free(UnsafeMutablePointer($0)) }) { body(UnsafeMutablePointer($0)) }
    }
}

extension KeyUsage {
    init(reading bits: UnsafeMutablePointer<ASN1_BIT_STRING>) {
        self.init(
            rawValue: (0..<Self.bitCount).reduce(0) { $0 | UInt16(ASN1_BIT_STRING_get_bit(bits, Int32($1))) << $1 })
    }
}

extension GeneralName {
    var uri: String? { if case .uniformResourceIdentifier(let uri) = self { uri } else { nil } }

    /// The identifier in a name `tag:microsoft.com,2022-09-14:sid:…`; nil for any other.
    public var securityIdentifier: String? { uri?.dropping(prefix: SecurityIdentifierExtension.uriPrefix) }

    /// The text of the UTF8String that `der` is; nil for anything else.
    public static func utf8String(_ der: [UInt8]) -> String? {
        try? ASN1Value.utf8String(der: der)
    }
}

extension String {
    fileprivate func dropping(prefix: String) -> String? {
        utf8.starts(with: prefix.utf8) ? String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : nil
    }
}
