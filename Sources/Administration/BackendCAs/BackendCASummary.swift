// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// A backend CA and what it can do.
public struct BackendCASummary: Sendable {
    public let name: String
    public let connector: String
    /// `ready`, or why it cannot be used.
    public let state: String
    public let abilities: [String]

    public var json: JSONValue {
        [
            "name": .string(name), "connector": .string(connector), "state": .string(state),
            "abilities": JSONValue(abilities),
        ]
    }
}
