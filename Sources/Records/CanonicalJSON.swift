// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Store

/// JSON in the one form of RFC 8785 (JSON Canonicalization Scheme), over which the audit trail's hashes are made: no white space,
/// members sorted by the UTF-16 units of their names, only what must be is escaped. Numbers are whole ones.
enum CanonicalJSON {
    static func text(_ value: JSONValue) -> String {
        var text = ""
        write(value, to: &text)
        return text
    }

    /// What a value has to be before it is kept: a number that is not whole becomes text, for languages write it differently; and
    /// no text holds what a database refuses.
    static func storable(_ value: JSONValue) -> JSONValue {
        switch value {
        case .number(let number): value.int == nil ? .string("\(number)") : value
        case .string(let text): .string(text.storable)
        case .array(let elements): .array(elements.map(storable))
        case .object(let members):
            .object(
                Dictionary(members.map { ($0.storable, storable($1)) }, uniquingKeysWith: { first, _ in first }))
        case .null, .bool: value
        }
    }

    private static func write(_ value: JSONValue, to text: inout String) {
        switch value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .number(let number): text += value.int.map { "\($0)" } ?? "\(number)"
        case .string(let string): write(string, to: &text)
        case .array(let elements):
            text += "["
            for (place, element) in elements.enumerated() {
                if place > 0 { text += "," }
                write(element, to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (place, member) in members.sorted(by: { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) })
                .enumerated()
            {
                if place > 0 { text += "," }
                write(member.key, to: &text)
                text += ":"
                write(member.value, to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\u{C}": text += "\\f"
            case "\r": text += "\\r"
            case "\0"..<" ": text += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
