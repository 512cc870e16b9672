// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// One person of the customer, to whom certificates are linked by mail address (wire/sectigo-scm.md section 5).
struct SectigoPerson: Sendable {
    /// 0 before it is known.
    var id: Int
    var firstName: String
    var middleName: String
    var lastName: String
    var email: String
    var organizationID: Int
    var validationType: String
    var phone: String?
    var secondaryEmails: [String]
    var commonName: String?
    var eppn: String?
    var upn: String?
    let created: Date
    var modified: Date

    var fullName: String { [firstName, middleName, lastName].filter { !$0.isEmpty }.joined(separator: " ") }

    var json: JSONValue {
        [
            "id": JSONValue(id), "firstName": .string(firstName), "middleName": .string(middleName),
            "lastName": .string(lastName), "email": .string(email), "organizationId": JSONValue(organizationID),
            "validationType": .string(validationType), "phone": JSONValue(phone),
            "secondaryEmails": JSONValue(secondaryEmails), "commonName": .string(commonName ?? fullName),
            "eppn": JSONValue(eppn ?? ""), "upn": JSONValue(upn), "created": .string(Self.moment(created)),
            "modified": .string(Self.moment(modified)), "createdBy": "certway-api", "modifiedBy": "certway-api",
        ]
    }

    /// With milliseconds.
    private static func moment(_ date: Date) -> String {
        date.formatted(.iso8601.time(includingFractionalSeconds: true)) + "Z"
    }
}
