// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The customer's organization and its department.
enum SectigoOrganization {
    static let id = 77
    static let departmentID = 78
    static let name = "Certway Sandbox GmbH"
    static let all: Set<Int> = [id, departmentID]

    static let json: JSONValue = [
        "id": 77, "name": .string(name), "departments": [["id": 78, "name": "IT", "parentName": .string(name)]],
    ]

    static func details(_ wanted: Int) -> JSONValue {
        [
            "id": JSONValue(wanted), "name": .string(wanted == id ? name : "IT"), "country": "DE", "city": "Berlin",
            "clientCertsApiEnabled": true, "sslCertsApiEnabled": false,
            "certTypes": .array(
                SectigoCertificateType.all.filter { $0.organizations.contains(wanted) }.map { JSONValue($0.id) }),
        ]
    }
}
