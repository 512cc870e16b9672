// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A member of an object.
public struct APIField: Sendable {
    public let name: String
    public let schema: APISchema
    public let help: String
    public let isRequired: Bool

    public init(_ name: String, _ schema: APISchema, _ help: String = "", optional: Bool = false) {
        self.name = name
        self.schema = schema
        self.help = help
        isRequired = !optional
    }
}
