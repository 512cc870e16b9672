// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import JSONDocuments
internal import PKIX

extension CertificateRequest {
    /// What jq programs of a profile see as `.request`, and external programs as `request`.
    public var json: JSONValue {
        let publicKey = try? csr.publicKey
        return [
            "reference": .string(reference), "product": .string(product), "names": names.json,
            "subject": .string(names.distinguishedName.description),
            "csr": [
                "pem": .string(csr.pem), "der": .string(Data(csr.der).base64EncodedString()),
                "publicKey": JSONValue(publicKey?.pem),
            ],
            "keyType": JSONValue(publicKey?.keyType?.rawValue),
            "submittedAt": submittedAt.map { JSONValue(Int($0.timeIntervalSince1970)) } ?? .null,
            "validityDays": validityDays.map { JSONValue($0) } ?? .null, "purpose": .string(purpose.rawValue),
            "options": options,
        ]
    }
}
