// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// The key of a request, in the types that the sandbox knows.
struct EJBCAKey {
    let key: PublicKey
    let csr: CertificateSigningRequest?

    /// - Parameter type: 0 PKCS #10 as PEM or bare base64, 3 a public key; CRMF, SPKAC and CVC are not imitated.
    static func read(_ text: String?, type: Int) throws -> EJBCAKey {
        switch type {
        case 0:
            guard let csr = text.flatMap({ CertificateSigningRequest.read($0) }), let key = try? csr.publicKey else {
                throw EJBCAFault.general("INVALID_CERTIFICATE_REQUEST", "The request is not a PKCS#10.")
            }
            return EJBCAKey(key: key, csr: csr)
        case 3:
            let base64 = (text ?? "").split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
            guard let der = Data(base64Encoded: base64), let key = try? PublicKey(der: Array(der)) else {
                throw EJBCAFault.general("INVALID_KEY", "The request is not a public key.")
            }
            return EJBCAKey(key: key, csr: nil)
        default: throw EJBCAFault.general("FIELD_VALUE_NOT_VALID", "Request type \(type) is not supported.")
        }
    }
}
