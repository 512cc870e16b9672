// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX

/// A certificate that was found where somebody else had ordered it.
struct FoundCertificate {
    enum Source {
        /// A file with certificates, such as an export of the former product.
        case file(String)
        /// A backend CA that has it in its list.
        case authority(name: String, order: CAOrder)

        var text: String {
            switch self {
            case .file(let name): name
            case .authority(let name, let order): "\(name), \(order.caRequestID)"
            }
        }
    }

    let certificate: Certificate
    /// Certificates of CAs that came with it, in any order.
    let issuers: [Certificate]
    let source: Source

    /// SubjectPublicKeyInfo, DER; nil for a kind of key that is not known here, which is none of ours.
    var publicKey: [UInt8]? { try? certificate.publicKey.der }

    var json: JSONValue {
        [
            "serialNumber": .string(certificate.serialNumber.hex), "issuer": .string("\(certificate.issuer)"),
            "subject": .string("\(certificate.subject)"),
            "emails": JSONValue(certificate.emailAddresses),
            "sha256Fingerprint": .string(certificate.sha256Fingerprint),
            "validFrom": .string(certificate.notBefore.ISO8601Format()),
            "validTo": .string(certificate.notAfter.ISO8601Format()), "foundIn": .string(source.text),
        ]
    }
}
