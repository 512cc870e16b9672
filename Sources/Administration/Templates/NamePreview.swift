// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments

/// What the certificate of one person would say.
public struct NamePreview: Sendable {
    public let userPrincipalName: String
    public let names: RequestedNames
    /// What was left out, and why.
    public let remarks: [String]
    /// Why there is no certificate; nil when there is one.
    public let obstacle: String?

    public var json: JSONValue {
        [
            "userPrincipalName": .string(userPrincipalName), "names": names.json, "remarks": JSONValue(remarks),
            "obstacle": JSONValue(obstacle),
        ]
    }
}
