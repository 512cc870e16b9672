// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments

extension CertificateRequest {
    var json: JSONValue {
        [
            "reference": .string(reference), "product": .string(product), "names": names.json,
            "csr": ["pem": .string(csr.pem), "der": .string(Data(csr.der).base64EncodedString())],
            "validityDays": validityDays.map { JSONValue($0) } ?? .null, "purpose": .string(purpose.rawValue),
            "options": options,
        ]
    }
}
extension CAOrder {
    var json: JSONValue {
        ["caRequestID": .string(caRequestID), "identifiers": .object(identifiers.mapValues(JSONValue.string))]
    }
}
extension RevocationRequest {
    var json: JSONValue { ["reason": .string(reason.name), "serialNumber": .string(certificate.serialNumber.hex)] }
}
