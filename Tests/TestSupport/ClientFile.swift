// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// The file an operator has from a CA: a client certificate with its key.
public enum ClientFile {
    /// PEM with the certificate first, made anew.
    ///
    /// - Parameter end: the end of its validity.
    public static func pem(until end: Date = Date(timeIntervalSince1970: 2_000_000_000)) throws -> String {
        let key = try PrivateKey.generate(.p256)
        let certificate = try CertificateBuilder(
            profile: .clientAuthentication, subject: [("CN", "operator")], publicKey: key.publicKey,
            notBefore: Date(timeIntervalSince1970: 1_600_000_000), notAfter: end
        ).selfSigned(key: key)
        return try certificate.pem + key.pem().revealed
    }
}
