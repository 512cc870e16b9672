// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// One certificate of an order.
struct DigiCertCertificate: Sendable {
    enum Origin: String, Sendable {
        case original, reissue, duplicate
    }

    let id: Int
    let orderID: Int
    let origin: Origin
    let certificate: Certificate
    let csr: CertificateSigningRequest
    let issued: Date
    var isRevoked = false
    /// Kept, and not shown in the CRL: CertCentral ignores it for anything but TLS.
    var revocationReason: String?

    var serialNumber: String { certificate.serialNumber.hex }
    var thumbprint: String { certificate.sha1Fingerprint.uppercased() }
}
