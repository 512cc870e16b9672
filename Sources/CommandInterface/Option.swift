// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One `--name` of a command.
public struct Option: Sendable {
    /// Long name without dashes.
    public let name: String
    /// What the help calls the value, such as `N`; nil for a flag.
    public let valueName: String?
    public let help: String
    /// Shown in the help and used when the option is absent.
    public let defaultValue: String?
    /// Words the value is limited to.
    public let choices: [String]
    /// Whether it may stand several times.
    public let repeats: Bool

    private init(
        name: String, valueName: String?, help: String, defaultValue: String?, choices: [String], repeats: Bool
    ) {
        self.name = name
        self.valueName = valueName
        self.help = help
        self.defaultValue = defaultValue
        self.choices = choices
        self.repeats = repeats
    }

    public static func flag(_ name: String, _ help: String) -> Option {
        Option(name: name, valueName: nil, help: help, defaultValue: nil, choices: [], repeats: false)
    }

    public static func value(
        _ name: String, _ valueName: String, _ help: String, default defaultValue: String? = nil, repeats: Bool = false
    ) -> Option {
        Option(
            name: name, valueName: valueName, help: help, defaultValue: defaultValue, choices: [], repeats: repeats)
    }

    public static func choice(_ name: String, _ choices: [String], _ help: String, default value: String? = nil)
        -> Option
    {
        Option(
            name: name, valueName: choices.joined(separator: "|"), help: help, defaultValue: value, choices: choices,
            repeats: false)
    }
}
