// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import PKIX

/// Looks into values of userSMIMECertificate as a careful reader would (wire/exchange-online.md sections 1 and 8).
enum SMIMECertificateCheck {
    private static let capabilities = "1.2.840.113549.1.9.15"
    private static let messageDigest = "1.2.840.113549.1.9.4"

    /// What is wrong with a value; nil for a good one. The service stores it all the same.
    static func complaint(_ value: [UInt8], userCertificates: [[UInt8]]) -> String? {
        guard value.first == 0x30 else { return nil }
        guard let message = try? SignedMessage(value) else { return "is no SignedData" }
        guard message.contentType == "1.2.840.113549.1.7.1" else { return "has content of type \(message.contentType)" }
        guard message.content?.isEmpty ?? true else { return "carries content" }
        guard message.signers.count == 1, let signer = message.signers.first else {
            return "has \(message.signers.count) signers, expected one"
        }
        guard signer.signedAttributes[capabilities] != nil else { return "has no smimeCapabilities" }
        let empty = DERElement(tag: 0x04, content: DigestAlgorithm.sha256.digest([])).der
        if signer.digestAlgorithm == "2.16.840.1.101.3.4.2.1", signer.signedAttributes[messageDigest] != [empty] {
            return "is signed over other content than none"
        }
        let own = Set(userCertificates)
        guard own.isEmpty || message.certificates.contains(where: { own.contains($0.der) }) else {
            return "holds none of the recipient's certificates"
        }
        return nil
    }
}
