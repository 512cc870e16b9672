// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// A distinguished name (RFC 5280 §4.1.2.4) as a list of attributes in the order of the encoding, most significant first.
///
/// Relative names with several attributes are read as consecutive attributes and never written.
public struct DistinguishedName: Sendable, Hashable, CustomStringConvertible, ExpressibleByArrayLiteral {
    /// One attribute: a type and its text.
    public struct Attribute: Sendable, Hashable {
        /// Short name of X.520 (`CN`, `GN`, `SN`, `O`, `OU`, `L`, `ST`, `C`, `DC`, `emailAddress`, `pseudonym`,
        /// `serialNumber` …) or a dotted object identifier.
        public var type: String
        public var value: String

        public init(_ type: String, _ value: String) {
            self.type = type
            self.value = value
        }

        /// Octet by octet: Unicode takes texts for equal that are different names, see `ComparableName`.
        public static func == (left: Attribute, right: Attribute) -> Bool {
            left.type == right.type && left.value.utf8.elementsEqual(right.value.utf8)
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(type)
            for octet in value.utf8 { hasher.combine(octet) }
        }
    }

    public var attributes: [Attribute]

    public init(_ attributes: [Attribute] = []) { self.attributes = attributes }

    /// `[("O", "Example"), ("CN", "Ada")]`, most significant first.
    public init(arrayLiteral elements: (String, String)...) {
        attributes = elements.map { Attribute($0.0, $0.1) }
    }

    public var isEmpty: Bool { attributes.isEmpty }

    /// The first value of an attribute type.
    public subscript(_ type: String) -> String? { attributes.first { $0.type == type }?.value }
    public var commonName: String? { self["CN"] }

    /// The text of RFC 4514, so the least significant attribute first: `CN=Ada,O=Example`; types without a name as OIDs.
    public var description: String {
        if attributes.allSatisfy(\.isPlain) {
            return attributes.reversed().map { "\($0.type)=\($0.value)" }.joined(separator: ",")
        }
        guard let name = try? makeName() else { return attributes.map { "\($0.type)=…" }.joined(separator: ",") }
        defer { X509_NAME_free(name) }
        let flags = certway_rfc4514_flags()
        let bytes = try? collect { bio in
            guard X509_NAME_print_ex(bio, name, 0, flags) >= 0 else { throw PKIXError.fromQueue(.library, "") }
        }
        return String(decoding: bytes ?? [], as: UTF8.self)
    }
}

extension DistinguishedName.Attribute {
    /// Types whose short name OpenSSL prints, and which take any text up to 64 characters.
    private static let plainTypes: Set = ["CN", "GN", "SN", "O", "OU", "L", "ST"]

    /// Whether its text is the type and the value as they are: nothing to be escaped, left out or refused.
    fileprivate var isPlain: Bool {
        let bytes = value.utf8
        guard Self.plainTypes.contains(type), 1...64 ~= bytes.count, bytes.first != 0x20, bytes.last != 0x20 else {
            return false
        }
        return bytes.allSatisfy {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == 0x20 || $0 == UInt8(ascii: ".")
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "@")
        }
    }
}

extension DistinguishedName {
    init(reading name: OpaquePointer?) {
        attributes = (0..<max(0, X509_NAME_entry_count(name))).map { index in
            let entry = X509_NAME_get_entry(name, index)
            let object = X509_NAME_ENTRY_get_object(entry)
            let nid = OBJ_obj2nid(object)
            let type = nid == NID_undef ? dotted(object) : String(cString: OBJ_nid2sn(nid))
            return Attribute(type, text(X509_NAME_ENTRY_get_data(entry)) ?? "")
        }
    }

    /// An X509_NAME that the caller frees: UTF8String, but PrintableString for the country and IA5String for mail
    /// addresses and domain components (RFC 5280 §4.1.2.4, appendix A).
    func makeName() throws -> OpaquePointer {
        let name = try require(X509_NAME_new())
        do {
            for attribute in attributes {
                ERR_clear_error()
                let bytes = Array(attribute.value.utf8)
                let object = try require(
                    OBJ_txt2obj(attribute.type, 0), .unacceptable,
                    "subject attribute \(attribute.type) is not known; use a short name of X.520 or an object identifier"
                )
                defer { ASN1_OBJECT_free(object) }
                try require(
                    X509_NAME_add_entry_by_OBJ(name, object, MBSTRING_FLAG, bytes, Int32(bytes.count), -1, 0),
                    .unacceptable,
                    "subject attribute \(attribute.type) with \(attribute.value.count) characters cannot be encoded: "
                        + "empty, too long, or characters that the type does not allow")
            }
            return name
        } catch {
            X509_NAME_free(name)
            throw error
        }
    }
}
