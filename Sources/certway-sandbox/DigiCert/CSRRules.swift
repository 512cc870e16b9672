// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// What the account accepts as a signing request.
enum CSRRules {
    static func read(_ certificate: FieldReader, _ problems: FieldProblems, isRequired: Bool)
        -> CertificateSigningRequest?
    {
        guard let text = certificate.text("csr", isRequired: isRequired) else { return nil }
        // One long line of base64 is accepted (wire/digicert-certcentral.md section 10).
        guard let csr = CertificateSigningRequest.read(text), (try? csr.verifySignature()) != nil else {
            problems.add("csr_invalid_cannot_parse", "The CSR could not be parsed.")
            return nil
        }
        guard let key = try? csr.publicKey, key.keyType != nil || (key.isRSA && key.bits >= 2048) else {
            problems.invalid(certificate.full("csr"), "The key must be RSA of 2048 bits or more, P-256 or P-384.")
            return nil
        }
        return csr
    }
}
