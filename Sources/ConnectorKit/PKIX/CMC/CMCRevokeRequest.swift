// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCMCSyntax
internal import COpenSSL
public import Foundation

/// revokeRequest (RFC 5272 §6.11).
public struct CMCRevokeRequest: Sendable, Hashable {
    public var certificate: IssuerAndSerialNumber
    /// CRLReason, a number of RFC 5280 §5.3.1.
    public var reason: Int
    /// Whole seconds.
    public var invalidityDate: Date?
    /// A passphrase in place of a signature. It is read so that a server can refuse it, and not meant to be sent.
    public var sharedSecret: [UInt8]?
    public var comment: String?

    public init(
        _ certificate: IssuerAndSerialNumber, reason: Int, invalidityDate: Date? = nil, comment: String? = nil
    ) {
        self.certificate = certificate
        self.reason = reason
        self.invalidityDate = invalidityDate
        self.comment = comment
    }

    init(der: [UInt8]) throws {
        let value = try decodeBER(
            der, as: "revokeRequest", { d2i_CMC_REVOKE_REQUEST(nil, $0, $1) }, free: { CMC_REVOKE_REQUEST_free($0) })
        defer { CMC_REVOKE_REQUEST_free(value) }
        let parts = value.pointee
        var reason: Int64 = 0
        try require(ASN1_ENUMERATED_get_int64(&reason, parts.reason), .malformed, "the reason is too large")
        self.init(
            IssuerAndSerialNumber(
                issuer: octets(parts.issuer), serialNumber: try ASN1Value.serial(parts.serialNumber)),
            reason: Int(reason), invalidityDate: try parts.invalidityDate.map { try ASN1Value.date($0) },
            comment: parts.comment.map { String(decoding: octets($0), as: UTF8.self) })
        sharedSecret = parts.sharedSecret.map { octets($0) }
    }

    var der: [UInt8] {
        get throws {
            let value = try require(CMC_REVOKE_REQUEST_new())
            defer { CMC_REVOKE_REQUEST_free(value) }
            try setOctets(value.pointee.issuer, certificate.issuer)
            try setOctets(value.pointee.serialNumber, certificate.serialNumber.bytes)
            try require(ASN1_ENUMERATED_set_int64(value.pointee.reason, Int64(reason)))
            value.pointee.invalidityDate = try invalidityDate.map(ASN1Value.makeTime)
            value.pointee.sharedSecret = try sharedSecret.map { try ASN1Value.makeString(V_ASN1_OCTET_STRING, $0) }
            value.pointee.comment = try comment.map { try ASN1Value.makeString(V_ASN1_UTF8STRING, Array($0.utf8)) }
            return try encodeDER { i2d_CMC_REVOKE_REQUEST(value, $0) }
        }
    }
}
