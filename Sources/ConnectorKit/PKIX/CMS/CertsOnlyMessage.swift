// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// A certs-only message: SignedData without content and signers, only a bag of certificates (RFC 8551 §3.9, RFC 5652 §5).
///
/// What CAs call "p7b" and what CMC calls a simple PKI response.
public enum CertsOnlyMessage {
    /// - Returns: ContentInfo, DER, with the certificates in the given order.
    public static func encode(_ certificates: [Certificate]) throws -> [UInt8] {
        let message = try require(PKCS7_new())
        defer { PKCS7_free(message) }
        try require(PKCS7_set_type(message, NID_pkcs7_signed))
        try require(PKCS7_content_new(message, NID_pkcs7_data))
        PKCS7_ctrl(message, PKCS7_OP_SET_DETACHED_SIGNATURE, 1, nil)
        for certificate in certificates { try require(PKCS7_add_certificate(message, certificate.pointer)) }
        return try encodeDER { i2d_PKCS7(message, $0) }
    }

    /// The PEM text (`-----BEGIN PKCS7-----`, RFC 7468 §8).
    public static func encodePEM(_ certificates: [Certificate]) throws -> String {
        PEM.encode(try encode(certificates), label: "PKCS7")
    }
}
