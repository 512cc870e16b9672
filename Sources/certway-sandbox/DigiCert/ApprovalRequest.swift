// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// One request within an order: what an administrator approves or rejects (wire/digicert-certcentral.md section 5).
struct ApprovalRequest: Sendable {
    /// What happens when it is approved.
    enum Purpose: Sendable {
        case newRequest
        case reissue(csr: CertificateSigningRequest, emails: [String]?)
        case duplicate(csr: CertificateSigningRequest)
        case revokeCertificate(Int, reason: String?)
        case revokeOrder(reason: String?)
    }

    let id: Int
    let orderID: Int
    let purpose: Purpose
    var status: String
    let date: Date
    var comments: String?

    var type: String {
        switch purpose {
        case .newRequest: "new_request"
        case .reissue: "reissue"
        case .duplicate: "duplicate"
        case .revokeCertificate, .revokeOrder: "revoke"
        }
    }

    static let requester: JSONValue = [
        "id": 5001, "first_name": "Api", "last_name": "User", "email": "api@sandbox.example",
    ]

    /// As it stands in lists and in order info.
    var json: JSONValue {
        [
            "id": JSONValue(id: id), "date": .string(Timestamp.offset(date)), "type": .string(type),
            "status": .string(status), "comments": JSONValue(comments),
        ]
    }

    var details: JSONValue {
        var value = json
        value["requester"] = Self.requester
        value["order"] = ["id": JSONValue(id: orderID)]
        return value
    }
}
