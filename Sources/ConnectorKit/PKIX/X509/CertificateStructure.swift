// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Owns one decoded X509.
final class CertificateStructure: Sendable {
    // Only read after init; what OpenSSL caches inside, it guards by locks of its own.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// - Throws: `PKIXError.malformed` for bytes that are not one certificate in DER, a number that is none
    ///   (RFC 5280 §4.1.2.2), and extensions that cannot be read.
    init(der: [UInt8]) throws {
        pointer = try decodeDER(der, as: "certificate", { d2i_X509(nil, $0, $1) }, free: { X509_free($0) })
        try requireSerialNumber()
        try ExtensionList(extensions: (0..<X509_get_ext_count(pointer)).map { X509_get_ext(pointer, $0) })
            .requireReadable(in: "certificate")
    }

    /// The number zero is left to roots, a few of which have it and are known by other means.
    private func requireSerialNumber() throws {
        let number = X509_get0_serialNumber(pointer)
        guard let number, number.pointee.type == V_ASN1_INTEGER else {
            throw PKIXError(.malformed, "the certificate's serial number is negative")
        }
        let isSelfIssued = X509_NAME_cmp(X509_get_subject_name(pointer), X509_get_issuer_name(pointer)) == 0
        guard SerialNumber(octets(number)).bytes != [0] || isSelfIssued else {
            throw PKIXError(.malformed, "the certificate's serial number is zero")
        }
    }

    deinit { X509_free(pointer) }

    var isCA: Bool { X509_check_ca(pointer) > 0 }
}
