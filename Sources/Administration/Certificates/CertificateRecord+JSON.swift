// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Ledger
import PKIX

extension CertificateRecord {
    /// Leaf first.
    public var certificates: [Certificate] {
        get throws { try ([der] + chain).map { try Certificate(der: $0) } }
    }

    /// As programs see it.
    public var json: JSONValue {
        [
            "number": JSONValue(Int(id)), "serialNumber": .string(serialNumber),
            "userPrincipalName": .string(userPrincipalName),
            "emailAddresses": JSONValue(emailAddresses), "template": .string(template),
            "backendCA": .string(backendCA), "subject": .string(subject), "issuer": .string(issuer),
            "notBefore": .string(notBefore.ISO8601Format()), "notAfter": .string(notAfter.ISO8601Format()),
            "sha256Fingerprint": .string(sha256Fingerprint), "sha1Fingerprint": .string(sha1Fingerprint),
            "status": .string(status.rawValue), "orderID": JSONValue(Int(orderID)),
        ]
    }
}
