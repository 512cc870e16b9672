// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
internal import YAMLDocuments

/// One setting a profile asks the administrator for, or one option a product asks the template for. Validation, command
/// line, console and redaction all read this.
public struct SettingSchema: Sendable, Hashable {
    public enum ValueType: String, Sendable, CaseIterable {
        case text
        /// Given as a reference; never shown, stored sealed or not at all.
        case secret
        case integer
        case boolean
        /// One of `choices`, or of what the operation `choicesFrom` lists.
        case choice
        /// A path on the gateway's machine. Only an administrator can give one: a profile has no place for it.
        case file
    }

    public struct Choice: Sendable, Hashable {
        public let value: String
        public let title: String
    }

    public let key: String
    public let type: ValueType
    public let title: String
    /// One or two sentences: what it is and where the administrator finds it.
    public let help: String
    public let isRequired: Bool
    public let defaultValue: JSONValue?
    /// Order of the fields in a form; low first.
    public let rank: Int
    public let choices: [Choice]
    /// Operation whose answer fills in the choices.
    public let choicesFrom: String?
    /// Whether its value says which CA or account at the CA is meant: with another one, orders placed before cannot be asked
    /// for any more.
    public let identifiesAccount: Bool
    /// Whether its value is part of how one signs in, such as a user name, and may change while CA and account stay.
    public let signsIn: Bool

    public init(
        key: String, type: ValueType, title: String, help: String = "", isRequired: Bool = true,
        defaultValue: JSONValue? = nil, rank: Int = 0, choices: [Choice] = [], choicesFrom: String? = nil,
        identifiesAccount: Bool = false, signsIn: Bool = false
    ) {
        self.key = key
        self.type = type
        self.title = title
        self.help = help
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.rank = rank
        self.choices = choices
        self.choicesFrom = choicesFrom
        self.identifiesAccount = identifiesAccount
        self.signsIn = signsIn
    }

    /// Why `value` does not fit; nil when it does.
    public func problem(with value: JSONValue) -> (message: String, hint: String?)? {
        switch type {
        case .text, .file:
            guard let text = value.string else {
                return ("expected text, found \(value.kindName)", value.number == nil ? nil : "put it in quotes")
            }
            return text.isEmpty ? ("expected text, found none", nil) : nil
        case .integer: return value.int == nil ? ("expected a whole number, found \(value.kindName)", nil) : nil
        case .boolean: return value.bool == nil ? ("expected true or false, found \(value.kindName)", nil) : nil
        case .secret: return ("a secret is given as a reference and never stands among the other values", nil)
        case .choice:
            guard let text = value.string else { return ("expected text, found \(value.kindName)", nil) }
            let words = choices.map(\.value)
            if choicesFrom != nil || words.contains(text) { return nil }
            return ("\"\(text)\" is not one of the choices", suggestion(for: text, in: words))
        }
    }
}
