// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCMCSyntax
internal import COpenSSL

/// The name of one certificate (RFC 5652 §10.2.4).
public struct IssuerAndSerialNumber: Sendable, Hashable {
    /// DER of the issuer's name, byte for byte as in the certificate: servers compare it so.
    public var issuer: [UInt8]
    public var serialNumber: SerialNumber

    public init(issuer: [UInt8], serialNumber: SerialNumber) {
        self.issuer = issuer
        self.serialNumber = serialNumber
    }

    public init(_ certificate: Certificate) {
        var bytes: UnsafePointer<UInt8>?
        var count = 0
        // Fails only for lack of memory: the name has been read with the certificate.
        precondition(X509_NAME_get0_der(X509_get_issuer_name(certificate.pointer), &bytes, &count) == 1)
        issuer = Array(UnsafeBufferPointer(start: bytes, count: count))
        serialNumber = certificate.serialNumber
    }

    init(der: [UInt8]) throws {
        let value = try decodeBER(
            der, as: "issuer and serial number", { d2i_CMC_ISSUER_AND_SERIAL_NUMBER(nil, $0, $1) },
            free: { CMC_ISSUER_AND_SERIAL_NUMBER_free($0) })
        defer { CMC_ISSUER_AND_SERIAL_NUMBER_free(value) }
        self.init(issuer: octets(value.pointee.issuer), serialNumber: try ASN1Value.serial(value.pointee.serialNumber))
    }

    var der: [UInt8] {
        get throws {
            let value = try require(CMC_ISSUER_AND_SERIAL_NUMBER_new())
            defer { CMC_ISSUER_AND_SERIAL_NUMBER_free(value) }
            try setOctets(value.pointee.issuer, issuer)
            try setOctets(value.pointee.serialNumber, serialNumber.bytes)
            return try encodeDER { i2d_CMC_ISSUER_AND_SERIAL_NUMBER(value, $0) }
        }
    }
}
