// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// The signed attribute by which an enrollment agent names the account it asks for (szOID_ENROLLMENT_NAME_VALUE_PAIR,
/// MS-WCCE §2.2.2.7.10, wire/adcs-http §8): one pair of BMPStrings.
public enum EnrollmentNameValuePair {
    /// Type of the attribute.
    public static let type = "1.3.6.1.4.1.311.13.2.1"

    /// - Returns: SEQUENCE of name and value, DER.
    /// - Throws: `PKIXError.unacceptable` for characters outside the basic multilingual plane.
    public static func der(name: String, value: String) throws -> [UInt8] {
        let pair = try require(OPENSSL_sk_new_null())
        defer { OPENSSL_sk_pop_free(pair) { ASN1_TYPE_free($0?.assumingMemoryBound(to: ASN1_TYPE.self)) } }
        for text in [name, value] {
            guard text.unicodeScalars.allSatisfy({ $0.value <= 0xFFFF }) else {
                throw PKIXError(.unacceptable, "\(text) has characters that no BMPString can hold")
            }
            let string = try require(ASN1_STRING_type_new(V_ASN1_BMPSTRING))
            let element = try require(ASN1_TYPE_new())
            ASN1_TYPE_set(element, V_ASN1_BMPSTRING, string)
            try require(OPENSSL_sk_push(pair, element))
            try setOctets(string, text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
        }
        return try encodeDER { i2d_ASN1_SEQUENCE_ANY(pair, $0) }
    }
}
