// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCMCSyntax
internal import COpenSSL
internal import Foundation

/// Single values of ASN.1 between DER and Swift, as the controls of CMC hold them.
enum ASN1Value {
    static func octetString(_ bytes: [UInt8]) throws -> [UInt8] {
        try string(V_ASN1_OCTET_STRING, bytes) { i2d_ASN1_OCTET_STRING($0, $1) }
    }

    static func utf8String(_ text: String) throws -> [UInt8] {
        try string(V_ASN1_UTF8STRING, Array(text.utf8)) { i2d_ASN1_UTF8STRING($0, $1) }
    }

    static func integer(_ number: CMCTransactionID) throws -> [UInt8] {
        let type = number.isNegative ? V_ASN1_NEG_INTEGER : V_ASN1_INTEGER
        return try string(type, number.magnitude) { i2d_ASN1_INTEGER($0, $1) }
    }

    static func integer(_ number: Int) throws -> [UInt8] {
        let bytes = withUnsafeBytes(of: UInt64(number.magnitude).bigEndian) { Array($0) }
        return try integer(CMCTransactionID(bytes, isNegative: number < 0))
    }

    static func octetString(der: [UInt8]) throws -> [UInt8] {
        let value = try decodeDER(
            der, as: "OCTET STRING", { d2i_ASN1_OCTET_STRING(nil, $0, $1) }, free: { ASN1_OCTET_STRING_free($0) })
        defer { ASN1_OCTET_STRING_free(value) }
        return octets(value)
    }

    static func utf8String(der: [UInt8]) throws -> String {
        let value = try decodeDER(
            der, as: "UTF8String", { d2i_ASN1_UTF8STRING(nil, $0, $1) }, free: { ASN1_UTF8STRING_free($0) })
        defer { ASN1_UTF8STRING_free(value) }
        return String(decoding: octets(value), as: UTF8.self)
    }

    static func integer(der: [UInt8]) throws -> CMCTransactionID {
        let value = try decodeDER(
            der, as: "INTEGER", { d2i_ASN1_INTEGER(nil, $0, $1) }, free: { ASN1_INTEGER_free($0) })
        defer { ASN1_INTEGER_free(value) }
        return CMCTransactionID(octets(value), isNegative: value.pointee.type == V_ASN1_NEG_INTEGER)
    }

    /// A number as it stands in a structure.
    static func int(_ value: UnsafePointer<ASN1_INTEGER>?) throws -> Int {
        var number: Int64 = 0
        try require(ASN1_INTEGER_get_int64(&number, value), .malformed, "a number is too large")
        return Int(number)
    }

    static func bodyPartID(_ value: UnsafePointer<ASN1_INTEGER>?) throws -> UInt32 {
        guard let id = UInt32(exactly: try int(value)) else {
            throw PKIXError(.malformed, "a body part id is not from 0 to 4294967295")
        }
        return id
    }

    static func serial(_ value: UnsafePointer<ASN1_INTEGER>?) throws -> SerialNumber {
        guard let value, value.pointee.type == V_ASN1_INTEGER else {
            throw PKIXError(.malformed, "a serial number is negative")
        }
        return SerialNumber(octets(value))
    }

    static func date(_ value: UnsafePointer<ASN1_GENERALIZEDTIME>?) throws -> Date {
        guard let date = ASN1Time.date(value) else { throw PKIXError(.malformed, "a time is none") }
        return date
    }

    /// A new GeneralizedTime, whole seconds, UTC.
    static func makeTime(_ date: Date) throws -> UnsafeMutablePointer<ASN1_GENERALIZEDTIME> {
        try require(
            ASN1_GENERALIZEDTIME_set(nil, time_t(date.timeIntervalSince1970.rounded(.down))), .unacceptable,
            "a time cannot be encoded")
    }

    /// A new string of an ASN.1 type.
    static func makeString(_ type: Int32, _ bytes: [UInt8]) throws -> UnsafeMutablePointer<ASN1_STRING> {
        let value = try require(ASN1_STRING_type_new(type))
        do { try setOctets(value, bytes) } catch {
            ASN1_STRING_free(value)
            throw error
        }
        return value
    }

    /// A new value of any type.
    static func makeAny(_ der: [UInt8]) throws -> UnsafeMutablePointer<ASN1_TYPE> {
        try decodeDER(der, as: "value", { d2i_ASN1_TYPE(nil, $0, $1) }, free: { ASN1_TYPE_free($0) })
    }

    /// The encoding of a value of any type, as it came.
    static func der(_ value: UnsafePointer<ASN1_TYPE>?) throws -> [UInt8] {
        let value = try require(value)
        // The tag is reserved (X.690 §8.1.5). OpenSSL reads it with content and writes it without.
        guard value.pointee.type != V_ASN1_EOC else { throw PKIXError(.malformed, "a value has the tag 0") }
        return try encodeDER { i2d_ASN1_TYPE(value, $0) }
    }

    /// The encodings of a set or sequence of values of any type.
    static func ders(_ values: OpaquePointer?) throws -> [[UInt8]] {
        try elements(values).map { try der($0.assumingMemoryBound(to: ASN1_TYPE.self)) }
    }

    private static func string(
        _ type: Int32, _ bytes: [UInt8],
        _ encode: (UnsafeMutablePointer<ASN1_STRING>, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) throws -> [UInt8] {
        let value = try makeString(type, bytes)
        defer { ASN1_STRING_free(value) }
        return try encodeDER { encode(value, $0) }
    }
}
