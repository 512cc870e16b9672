// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import JSONDocuments

/// What a plain scalar means: the core schema of YAML 1.2, §10.3.2, except that nothing may lose a digit: numbers with
/// leading zeros and whole numbers from 2^53 on stay text.
enum CoreSchema {
    static func resolve(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": .bool(true)
        case "false", "False", "FALSE": .bool(false)
        default: number(text) ?? .string(text)
        }
    }

    private static func number(_ text: String) -> JSONValue? {
        for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) {
            return Int(text.dropFirst(2), radix: radix).flatMap(whole)
        }
        // Double() also reads "inf", "nan" and hexadecimal floats, which the schema does not have.
        guard let first = text.utf8.first, "0123456789+-.".utf8.contains(first),
            text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text), value.isFinite
        else { return nil }
        let digits = text.drop { $0 == "+" || $0 == "-" }
        if digits.count > 1, digits.first == "0", digits.dropFirst().first?.isNumber == true { return nil }
        if digits.utf8.contains(where: { ".eE".utf8.contains($0) }) { return .number(value) }
        return Int(text).flatMap(whole)
    }

    private static func whole(_ number: Int) -> JSONValue? {
        let value = JSONValue(number)
        guard value.number != nil else { return nil }
        return value
    }
}
