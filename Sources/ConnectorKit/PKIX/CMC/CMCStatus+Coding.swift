// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCMCSyntax
internal import COpenSSL

extension CMCStatus {
    /// CMCStatusInfoV2.
    init(v2 der: [UInt8]) throws {
        let value = try decodeBER(
            der, as: "statusInfoV2", { d2i_CMC_STATUS_INFO_V2(nil, $0, $1) }, free: { CMC_STATUS_INFO_V2_free($0) })
        defer { CMC_STATUS_INFO_V2_free(value) }
        let parts = value.pointee
        self.init(
            Code(rawValue: Int(parts.status)), bodyList: try elements(parts.bodyList).map(BodyPartReference.init),
            text: parts.text.map { String(decoding: octets($0), as: UTF8.self) },
            otherInfo: try parts.otherInfo.map { try OtherInfo(reading: $0) })
    }

    /// CMCStatusInfo.
    init(v1 der: [UInt8]) throws {
        let value = try decodeBER(
            der, as: "statusInfo", { d2i_CMC_STATUS_INFO(nil, $0, $1) }, free: { CMC_STATUS_INFO_free($0) })
        defer { CMC_STATUS_INFO_free(value) }
        let parts = value.pointee
        self.init(
            Code(rawValue: Int(parts.status)),
            bodyList: try elements(parts.bodyList).map {
                .id(try ASN1Value.bodyPartID($0.assumingMemoryBound(to: ASN1_INTEGER.self)))
            }, text: parts.text.map { String(decoding: octets($0), as: UTF8.self) },
            otherInfo: try parts.otherInfo.map { try OtherInfo(reading: $0) })
    }

    var v2: [UInt8] {
        get throws {
            let value = try require(CMC_STATUS_INFO_V2_new())
            defer { CMC_STATUS_INFO_V2_free(value) }
            value.pointee.status = Int64(code.rawValue)
            for reference in bodyList { try push(reference.make(), to: value.pointee.bodyList) }
            value.pointee.text = try text.map { try ASN1Value.makeString(V_ASN1_UTF8STRING, Array($0.utf8)) }
            value.pointee.otherInfo = try otherInfo.map { try ASN1Value.makeAny($0.der) }
            return try encodeDER { i2d_CMC_STATUS_INFO_V2(value, $0) }
        }
    }

    var v1: [UInt8] {
        get throws {
            let value = try require(CMC_STATUS_INFO_new())
            defer { CMC_STATUS_INFO_free(value) }
            value.pointee.status = Int64(code.rawValue)
            for reference in bodyList {
                guard case .id(let id) = reference else {
                    throw PKIXError(.unacceptable, "the older status control has no paths")
                }
                try push(makeInteger(id), to: value.pointee.bodyList)
            }
            value.pointee.text = try text.map { try ASN1Value.makeString(V_ASN1_UTF8STRING, Array($0.utf8)) }
            value.pointee.otherInfo = try otherInfo.map { try ASN1Value.makeAny($0.der) }
            return try encodeDER { i2d_CMC_STATUS_INFO(value, $0) }
        }
    }
}

extension CMCStatus.BodyPartReference {
    init(reading element: UnsafeMutableRawPointer) throws {
        let reference = element.assumingMemoryBound(to: CMC_BODY_PART_REFERENCE.self).pointee
        guard reference.type == Int32(CMC_REFERENCE_ID) else {
            self = .path(
                try elements(reference.value.path).map {
                    try ASN1Value.bodyPartID($0.assumingMemoryBound(to: ASN1_INTEGER.self))
                })
            return
        }
        self = .id(try ASN1Value.bodyPartID(reference.value.id))
    }

    func make() throws -> UnsafeMutablePointer<CMC_BODY_PART_REFERENCE> {
        try made(CMC_BODY_PART_REFERENCE_new(), { CMC_BODY_PART_REFERENCE_free($0) }) { reference in
            switch self {
            case .id(let id):
                reference.pointee.value.id = try makeInteger(id)
                reference.pointee.type = Int32(CMC_REFERENCE_ID)
            case .path(let ids):
                reference.pointee.value.path = try require(OPENSSL_sk_new_null())
                reference.pointee.type = Int32(CMC_REFERENCE_PATH)
                for id in ids { try push(makeInteger(id), to: reference.pointee.value.path) }
            }
        }
    }
}

extension CMCStatus.OtherInfo {
    /// The tag [1] of extendedFailInfo stands in the ASN.1 module of RFC 5272 and not in its text, and servers differ.
    init(reading value: UnsafeMutablePointer<ASN1_TYPE>) throws {
        let der = try ASN1Value.der(value)
        switch value.pointee.type {
        case V_ASN1_INTEGER, V_ASN1_NEG_INTEGER:
            self = .failInfo(CMCFailInfo(rawValue: try ASN1Value.int(value.pointee.value.integer)))
        case V_ASN1_SEQUENCE:
            if let pending = try? Self.pendInfo(der) {
                self = pending
            } else {
                self = try Self.extendedFailInfo(der) { d2i_CMC_EXTENDED_FAIL_INFO(nil, $0, $1) }
            }
        default: self = try Self.extendedFailInfo(der) { certway_read_tagged_extended_fail_info($0, $1) }
        }
    }

    private static func pendInfo(_ der: [UInt8]) throws -> Self {
        let value = try decodeBER(
            der, as: "pendInfo", { d2i_CMC_PEND_INFO(nil, $0, $1) }, free: { CMC_PEND_INFO_free($0) })
        defer { CMC_PEND_INFO_free(value) }
        return .pendInfo(token: octets(value.pointee.token), time: try ASN1Value.date(value.pointee.time))
    }

    private static func extendedFailInfo(
        _ der: [UInt8],
        _ decode: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> UnsafeMutablePointer<CMC_EXTENDED_FAIL_INFO>?
    ) throws -> Self {
        let value = try decodeBER(der, as: "otherInfo of a status", decode, free: { CMC_EXTENDED_FAIL_INFO_free($0) })
        defer { CMC_EXTENDED_FAIL_INFO_free(value) }
        return .extendedFailInfo(type: dotted(value.pointee.type), value: try ASN1Value.der(value.pointee.value))
    }

    /// Without the tag, which some readers refuse.
    var der: [UInt8] {
        get throws {
            switch self {
            case .failInfo(let info): return try ASN1Value.integer(info.rawValue)
            case .pendInfo(let token, let time):
                let value = try require(CMC_PEND_INFO_new())
                defer { CMC_PEND_INFO_free(value) }
                try setOctets(value.pointee.token, token)
                ASN1_GENERALIZEDTIME_free(value.pointee.time)
                value.pointee.time = nil
                value.pointee.time = try ASN1Value.makeTime(time)
                return try encodeDER { i2d_CMC_PEND_INFO(value, $0) }
            case .extendedFailInfo(let type, let content):
                let value = try require(CMC_EXTENDED_FAIL_INFO_new())
                defer { CMC_EXTENDED_FAIL_INFO_free(value) }
                value.pointee.type = try makeObject(type)
                ASN1_TYPE_free(value.pointee.value)
                value.pointee.value = nil
                value.pointee.value = try ASN1Value.makeAny(content)
                return try encodeDER { i2d_CMC_EXTENDED_FAIL_INFO(value, $0) }
            }
        }
    }
}

private func makeInteger(_ id: UInt32) throws -> UnsafeMutablePointer<ASN1_INTEGER> {
    let value = try require(ASN1_INTEGER_new())
    ASN1_INTEGER_set_uint64(value, UInt64(id))
    return value
}
