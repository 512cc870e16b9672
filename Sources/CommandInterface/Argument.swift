// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One positional word of a command.
public struct Argument: Sendable {
    public let name: String
    public let help: String
    public let isOptional: Bool
    /// Takes all remaining words; only the last argument may.
    public let repeats: Bool

    public init(_ name: String, _ help: String, optional: Bool = false, repeats: Bool = false) {
        self.name = name
        self.help = help
        isOptional = optional
        self.repeats = repeats
    }
}
