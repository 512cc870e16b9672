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
        guard let csr = parse(text) else {
            problems.add("csr_invalid_cannot_parse", "The CSR could not be parsed.")
            return nil
        }
        guard let key = try? csr.publicKey, key.keyType != nil || (key.isRSA && key.bits >= 2048) else {
            problems.invalid(certificate.full("csr"), "The key must be RSA of 2048 bits or more, P-256 or P-384.")
            return nil
        }
        return csr
    }

    /// PEM with any line length: one long line of base64 is accepted (wire/digicert-certcentral.md section 10).
    private static func parse(_ text: String) -> CertificateSigningRequest? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        let base64 = lines.filter { !$0.hasPrefix("-----") }.joined()
        guard let der = Data(base64Encoded: base64), let csr = try? CertificateSigningRequest(der: Array(der)),
            (try? csr.verifySignature()) != nil
        else { return nil }
        return csr
    }
}
