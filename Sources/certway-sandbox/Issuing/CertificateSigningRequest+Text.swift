// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

extension CertificateSigningRequest {
    /// Reads PEM with any line length, or bare base64; nil when it is none. The signature is not looked at.
    static func read(_ text: String) -> CertificateSigningRequest? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        let base64 = lines.filter { !$0.hasPrefix("-----") }.joined()
        return Data(base64Encoded: base64).flatMap { try? CertificateSigningRequest(der: Array($0)) }
    }
}
