// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One place in a sequence of a schema: a name, or a choice of names, with type and number of occurrences.
struct SOAPField: Sendable {
    struct Option: Sendable {
        let name: String
        /// A simple type of XML Schema, or the name of a type of the contract.
        let type: String
    }

    /// More than one is a choice.
    let options: [Option]
    let minimum: Int
    /// nil: any number.
    let maximum: Int?

    /// Reads `Name`, `Name:type`, `A|B`, each followed by `?`, `*`, `+` or nothing; without a type it is a string.
    init(_ text: Substring) {
        var text = text
        let mark = text.last
        (minimum, maximum) =
            switch mark {
            case "?": (0, 1)
            case "*": (0, nil)
            case "+": (1, nil)
            default: (1, 1)
            }
        if let mark, "?*+".contains(mark) { text.removeLast() }
        options = text.split(separator: "|").map { option in
            let parts = option.split(separator: ":").map(String.init)
            return Option(name: parts[0], type: parts.count > 1 ? parts[1] : "string")
        }
    }

    static func all(_ text: String) -> [SOAPField] { text.split(separator: " ").map { SOAPField($0) } }
}
