// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension Certificate {
    /// The certificates of a SignedData, usually one without signers (RFC 5652 §5.1), the form of `.p7b` files; in no
    /// order.
    public static func all(pkcs7 der: [UInt8]) throws -> [Certificate] { try SignedMessage(der).certificates }
}
