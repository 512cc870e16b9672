// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// The one validated organization of the account, and its one division.
enum DigiCertOrganization {
    static let name = "Sandbox GmbH"

    static let reference: JSONValue = ["id": JSONValue(DigiCertAccount.organizationID), "name": .string(name)]
    static let container: JSONValue = ["id": JSONValue(DigiCertAccount.containerID), "name": "IT"]

    static func json(_ now: Date) -> JSONValue {
        let until = JSONValue.string(Timestamp.offset(now.addingTimeInterval(300 * 86_400)))
        return [
            "id": JSONValue(DigiCertAccount.organizationID), "name": .string(name), "display_name": .string(name),
            "status": "active", "is_active": true, "country": "de", "city": "Berlin", "container": container,
            "validations": [
                ["type": "ov", "status": "active", "validated_until": until],
                ["type": "smime", "status": "active", "validated_until": until],
            ],
        ]
    }
}
