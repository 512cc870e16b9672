// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import YAMLDocuments

/// Something that an operator gave and that cannot be used, in one sentence with the next step; an operator must act.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    /// Where the operator acts.
    public enum Place: String, Sendable {
        /// Configuration, profile, secret, or the gateway's folder.
        case configuration
        /// What was typed, such as a name that nothing has.
        case commandLine
        /// Neither: things are not as the command needs them, and may be later.
        case state
    }

    public let message: String
    public let place: Place

    public init(_ message: String, at place: Place = .configuration) {
        self.message = message
        self.place = place
    }

    public var description: String { message }

    /// A name on the command line that nothing has, with the nearest one that something has.
    ///
    /// - Parameter kind: what it should be the name of, in words.
    public static func unknown(_ kind: String, _ name: String, _ known: [String]) -> SettingsError {
        let hint = known.isEmpty ? "there is none yet" : suggestion(for: name, in: known)
        return SettingsError("no \(kind) \"\(name)\": \(hint)", at: .commandLine)
    }
}
