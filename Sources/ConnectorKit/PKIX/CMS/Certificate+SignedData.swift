// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

extension Certificate {
    /// The certificates of a SignedData without signers (RFC 5652 §5.1), the form of `.p7b` files; in no order.
    public static func all(pkcs7 der: [UInt8]) throws -> [Certificate] {
        let message = try decodeDER(
            der, as: "PKCS #7 file", { d2i_CMS_ContentInfo(nil, $0, $1) }, free: { CMS_ContentInfo_free($0) })
        defer { CMS_ContentInfo_free(message) }
        let stack = CMS_get1_certs(message)
        defer { OPENSSL_sk_pop_free(stack) { X509_free(OpaquePointer($0)) } }
        ERR_clear_error()
        return try elements(stack).map { element in
            try Certificate(der: encodeDER { i2d_X509(OpaquePointer(element), $0) })
        }
    }
}
