// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Writes the extensions of RFC 5280 §4.2 into a certificate under construction, which stays the caller's.
///
/// Each method fills the C structure of one extension; an empty list writes nothing.
struct ExtensionWriter {
    let certificate: OpaquePointer

    func addBasicConstraints(pathLength: Int?) throws {
        let constraints = try require(BASIC_CONSTRAINTS_new())
        defer { BASIC_CONSTRAINTS_free(constraints) }
        constraints.pointee.ca = 0xFF
        if let pathLength {
            let number = try require(ASN1_INTEGER_new())
            constraints.pointee.pathlen = number
            try require(ASN1_INTEGER_set(number, pathLength))
        }
        try add(NID_basic_constraints, constraints, isCritical: true)
    }

    func add(_ usage: KeyUsage) throws {
        let bits = try require(ASN1_BIT_STRING_new())
        defer { ASN1_BIT_STRING_free(bits) }
        for bit in 0..<KeyUsage.bitCount where usage.rawValue & (1 << bit) != 0 {
            try require(ASN1_BIT_STRING_set_bit(bits, Int32(bit), 1))
        }
        try add(NID_key_usage, bits, isCritical: true)
    }

    func add(_ purposes: [KeyPurpose]) throws {
        try addList(NID_ext_key_usage, of: purposes, free: { ASN1_OBJECT_free($0) }) { try makeObject($0.rawValue) }
    }

    func addSubjectKeyIdentifier(_ identifier: [UInt8]) throws {
        let string = try require(ASN1_STRING_type_new(V_ASN1_OCTET_STRING))
        defer { ASN1_STRING_free(string) }
        try setOctets(string, identifier)
        try add(NID_subject_key_identifier, string)
    }

    func addAuthorityKeyIdentifier(_ identifier: [UInt8]) throws {
        let authority = try require(AUTHORITY_KEYID_new())
        defer { AUTHORITY_KEYID_free(authority) }
        let string = try require(ASN1_STRING_type_new(V_ASN1_OCTET_STRING))
        certway_set_key_identifier(authority, string)
        try setOctets(string, identifier)
        try add(NID_authority_key_identifier, UnsafeMutableRawPointer(authority), isCritical: false)
    }

    func addSubjectAlternativeNames(_ names: [GeneralName], isCritical: Bool) throws {
        guard !names.isEmpty else { return }
        let stack = try GeneralName.makeNames(names)
        defer { GENERAL_NAMES_free(stack) }
        try add(NID_subject_alt_name, UnsafeMutableRawPointer(stack), isCritical: isCritical)
    }

    func addCertificatePolicies(_ policies: [String]) throws {
        try addList(
            NID_certificate_policies, of: policies, free: { POLICYINFO_free(UnsafeMutablePointer($0)) }
        ) { policy in
            let object = try makeObject(policy)
            let information = try require(POLICYINFO_new())
            // The fresh structure holds the object "undefined", which is static and needs no freeing.
            information.pointee.policyid = object
            return OpaquePointer(information)
        }
    }

    /// One distribution point per address (RFC 5280 §4.2.1.13).
    func addCRLDistributionPoints(_ urls: [String]) throws {
        try addList(
            NID_crl_distribution_points, of: urls, free: { DIST_POINT_free(UnsafeMutablePointer($0)) }
        ) { url in
            let names = try GeneralName.makeNames([.uniformResourceIdentifier(url)])
            let point = try require(DIST_POINT_new())
            let name = try require(DIST_POINT_NAME_new())
            point.pointee.distpoint = name
            name.pointee.type = 0
            name.pointee.name.fullname = names
            return OpaquePointer(point)
        }
    }

    func addAuthorityInformationAccess(_ locations: [(method: Int32, url: String)]) throws {
        try addList(
            NID_info_access, of: locations, free: { ACCESS_DESCRIPTION_free(UnsafeMutablePointer($0)) }
        ) { location in
            let name = try GeneralName.uniformResourceIdentifier(location.url).makeName()
            let description = try require(ACCESS_DESCRIPTION_new())
            description.pointee.method = OBJ_nid2obj(location.method)
            GENERAL_NAME_free(description.pointee.location)
            description.pointee.location = name
            return OpaquePointer(description)
        }
    }

    func add(type: String, der: [UInt8], isCritical: Bool) throws {
        let object = try makeObject(type)
        defer { ASN1_OBJECT_free(object) }
        let string = try require(ASN1_STRING_type_new(V_ASN1_OCTET_STRING))
        defer { ASN1_STRING_free(string) }
        try setOctets(string, der)
        let made = try require(X509_EXTENSION_create_by_OBJ(nil, object, isCritical ? 1 : 0, string))
        defer { X509_EXTENSION_free(made) }
        try require(X509_add_ext(certificate, made, -1))
    }

    private func addList<Element>(
        _ nid: Int32, of list: [Element], free: (OpaquePointer) -> Void,
        make: (Element) throws -> OpaquePointer
    ) throws {
        guard !list.isEmpty else { return }
        let stack = try require(OPENSSL_sk_new_null())
        defer {
            for element in elements(stack) { free(OpaquePointer(element)) }
            OPENSSL_sk_free(stack)
        }
        for element in list { try require(OPENSSL_sk_push(stack, UnsafeRawPointer(make(element)))) }
        try add(nid, UnsafeMutableRawPointer(stack), isCritical: false)
    }

    private func add<Value>(_ nid: Int32, _ value: UnsafeMutablePointer<Value>, isCritical: Bool = false) throws {
        try add(nid, UnsafeMutableRawPointer(value), isCritical: isCritical)
    }

    private func add(_ nid: Int32, _ value: UnsafeMutableRawPointer, isCritical: Bool) throws {
        try require(
            X509_add1_ext_i2d(certificate, nid, value, isCritical ? 1 : 0, 0), .library, "cannot add an extension")
    }
}
