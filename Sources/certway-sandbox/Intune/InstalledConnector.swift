// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// One installation of the certificate connector, as `ndesConnectors` lists it. What keys it holds Graph does not tell.
struct InstalledConnector: Sendable {
    let id: String
    let displayName: String
    let machineName: String
    /// `active`, `inactive` or `none`.
    var state = "active"
    var lastConnection: Date
    let enrolled: Date
    /// nil where the key was never imported on this machine.
    var key: PrivateKey?

    var json: JSONValue {
        [
            "id": .string(id), "displayName": .string(displayName), "machineName": .string(machineName),
            "state": .string(state), "lastConnectionDateTime": .string(Timestamp.utc(lastConnection)),
            "enrolledDateTime": .string(Timestamp.utc(enrolled)), "connectorVersion": "6.2406.0.1001",
            "roleScopeTagIds": ["0"],
        ]
    }
}
