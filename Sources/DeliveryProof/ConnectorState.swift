// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments
import MicrosoftGraph

/// An installed certificate connector, as Graph lists it (beta, `ndesConnector`). Which keys it holds Graph does not tell.
public struct ConnectorState: Sendable, Hashable {
    public let name: String
    public let isActive: Bool
    public let lastConnection: Date?

    init(_ json: JSONValue) {
        name = json["displayName"]?.string ?? json["machineName"]?.string ?? json["id"]?.string ?? "?"
        isActive = json["state"]?.string?.lowercased() == "active"
        lastConnection = json["lastConnectionDateTime"]?.string.flatMap(GraphDate.read)
    }

    var json: JSONValue {
        [
            "name": .string(name), "active": .bool(isActive),
            "lastConnection": JSONValue(lastConnection?.ISO8601Format()),
        ]
    }
}
