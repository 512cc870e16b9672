// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A command line that cannot be understood; ends the program with status 2.
public struct UsageError: Error, Sendable, CustomStringConvertible {
    public let message: String
    /// The command it was meant for, whose help is the next step.
    public let path: [String]

    public init(_ message: String, path: [String]) {
        self.message = message
        self.path = path
    }

    public var description: String { "\(message)\n\(nextStep)" }

    var nextStep: String { "see '\(path.joined(separator: " ")) --help'" }
}
