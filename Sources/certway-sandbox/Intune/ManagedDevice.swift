// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// A device of a person, enrolled with Intune.
struct ManagedDevice: Sendable {
    let id: String
    let name: String
    let platform: DevicePlatform
    var osVersion: String
    var lastSync: Date
    let enrolled: Date
    /// Whether whatever is to be installed fails there, for a reason of the device's own.
    var failsToInstall = false

    func json(of person: Person) -> JSONValue {
        [
            "id": .string(id), "userId": .string(person.id), "userPrincipalName": .string(person.userPrincipalName),
            "deviceName": .string(name), "operatingSystem": .string(platform.operatingSystem),
            "osVersion": .string(osVersion), "lastSyncDateTime": .string(Timestamp.utc(lastSync)),
            "enrolledDateTime": .string(Timestamp.utc(enrolled)), "complianceState": "compliant",
            "managementAgent": "mdm", "managedDeviceOwnerType": "company",
        ]
    }
}
