// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// A "PKCS imported certificate" profile for one platform, with the groups it is assigned to.
struct ImportProfile: Sendable {
    let id: String
    let platform: DevicePlatform
    let intendedPurpose: String
    var groups: [String]

    var type: String { "\(platform.profilePrefix)ImportedPFXCertificateProfile" }

    var displayName: String { "Imported S/MIME, \(platform.rawValue)" }

    var json: JSONValue {
        [
            "@odata.type": .string("#microsoft.graph.\(type)"), "id": .string(id),
            "displayName": .string(displayName),
            "intendedPurpose": .string(intendedPurpose), "version": 1,
        ]
    }

    var assignments: JSONValue {
        .array(
            groups.map { group in
                [
                    "id": .string("\(id)_\(group)"),
                    "target": ["@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": .string(group)],
                ]
            })
    }
}
