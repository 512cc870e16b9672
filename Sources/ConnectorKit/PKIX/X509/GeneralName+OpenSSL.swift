// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

extension GeneralName {
    static let userPrincipalNameType = "1.3.6.1.4.1.311.20.2.3"

    /// The names of a `GENERAL_NAMES`, which stays the caller's.
    static func read(_ names: OpaquePointer?) -> [GeneralName] {
        elements(names).map { GeneralName(reading: $0.assumingMemoryBound(to: GENERAL_NAME.self)) }
    }

    init(reading name: UnsafeMutablePointer<GENERAL_NAME>) {
        let value = name.pointee.d
        switch name.pointee.type {
        case GEN_EMAIL: self = .rfc822Name(text(value.rfc822Name) ?? "")
        case GEN_DNS: self = .dNSName(text(value.dNSName) ?? "")
        case GEN_URI: self = .uniformResourceIdentifier(text(value.uniformResourceIdentifier) ?? "")
        case GEN_IPADD: self = .iPAddress(octets(value.iPAddress))
        case GEN_DIRNAME: self = .directoryName(DistinguishedName(reading: value.directoryName))
        case GEN_RID: self = .registeredID(dotted(value.registeredID))
        case GEN_OTHERNAME:
            let other = value.otherName.pointee
            let type = dotted(other.type_id)
            if type == Self.userPrincipalNameType, other.value.pointee.type == V_ASN1_UTF8STRING {
                self = .userPrincipalName(text(other.value.pointee.value.utf8string) ?? "")
            } else {
                self = .otherName(type: type, der: (try? encodeDER { i2d_ASN1_TYPE(other.value, $0) }) ?? [])
            }
        default: self = .unsupported(tag: Int(name.pointee.type))
        }
    }

    /// A `GENERAL_NAMES` of `names` that the caller frees.
    static func makeNames(_ names: [GeneralName]) throws -> OpaquePointer {
        let stack = try require(GENERAL_NAMES_new())
        do {
            for name in names { try require(OPENSSL_sk_push(stack, UnsafeRawPointer(name.makeName()))) }
            return stack
        } catch {
            GENERAL_NAMES_free(stack)
            throw error
        }
    }

    /// A `GENERAL_NAME` that the caller frees.
    func makeName() throws -> UnsafeMutablePointer<GENERAL_NAME> {
        let name = try require(GENERAL_NAME_new())
        do {
            try fill(name)
            return name
        } catch {
            GENERAL_NAME_free(name)
            throw error
        }
    }

    private func fill(_ name: UnsafeMutablePointer<GENERAL_NAME>) throws {
        switch self {
        case .rfc822Name(let address):
            guard let at = address.lastIndex(of: "@"), at != address.startIndex,
                address.index(after: at) != address.endIndex
            else { throw PKIXError(.unacceptable, "\(address) is not a mail address") }
            try setASCII(name, GEN_EMAIL, address, hint: "mail addresses outside ASCII (RFC 8398) are not supported")
        case .dNSName(let host): try setASCII(name, GEN_DNS, host, hint: "write it in its xn-- form")
        case .uniformResourceIdentifier(let uri): try setASCII(name, GEN_URI, uri, hint: "percent-encode it")
        case .iPAddress(let bytes):
            guard bytes.count == 4 || bytes.count == 16 else {
                throw PKIXError(.unacceptable, "an IP address has 4 or 16 bytes, found \(bytes.count)")
            }
            let string = try require(ASN1_STRING_type_new(V_ASN1_OCTET_STRING))
            GENERAL_NAME_set0_value(name, GEN_IPADD, string)
            try setOctets(string, bytes)
        case .directoryName(let distinguishedName):
            GENERAL_NAME_set0_value(name, GEN_DIRNAME, UnsafeMutableRawPointer(try distinguishedName.makeName()))
        case .registeredID(let identifier):
            GENERAL_NAME_set0_value(name, GEN_RID, UnsafeMutableRawPointer(try makeObject(identifier)))
        case .userPrincipalName(let principalName):
            guard !principalName.isEmpty else { throw PKIXError(.unacceptable, "the user principal name is empty") }
            let string = try require(ASN1_STRING_type_new(V_ASN1_UTF8STRING))
            defer { ASN1_STRING_free(string) }
            try setOctets(string, principalName.utf8)
            try setOther(name, type: Self.userPrincipalNameType, value: encodeDER { i2d_ASN1_UTF8STRING(string, $0) })
        case .otherName(let type, let der): try setOther(name, type: type, value: der)
        case .unsupported(let tag):
            throw PKIXError(.unacceptable, "alternative names with tag \(tag) cannot be written")
        }
    }

    private func setASCII(_ name: UnsafeMutablePointer<GENERAL_NAME>, _ tag: Int32, _ value: String, hint: String)
        throws
    {
        // IA5String by RFC 5280 §4.2.1.6; control characters have no place in any of these names.
        guard !value.isEmpty, value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw PKIXError(
                .unacceptable, "\(value.isEmpty ? "an empty text" : value) cannot be an alternative name: \(hint)")
        }
        let string = try require(ASN1_STRING_type_new(V_ASN1_IA5STRING))
        GENERAL_NAME_set0_value(name, tag, string)
        try setOctets(string, value.utf8)
    }

    private func setOther(_ name: UnsafeMutablePointer<GENERAL_NAME>, type: String, value der: [UInt8]) throws {
        let object = try makeObject(type)
        do {
            let value = try decodeDER(
                der, as: "otherName value", { d2i_ASN1_TYPE(nil, $0, $1) }, free: { ASN1_TYPE_free($0) })
            try require(GENERAL_NAME_set0_othername(name, object, value))
        } catch {
            ASN1_OBJECT_free(object)
            throw error
        }
    }
}
