// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// A mapping with this member alone stands for a number with exactly the digits of its text, because neither a double nor
    /// jq keeps them: `{"$number": "9007199254740993"}`.
    public static let numberMark = "$number"

    /// The text or number behind the mark; nil for every other value.
    public var markedNumber: JSONValue? {
        if case .object(let members) = self, members.count == 1 { members[Self.numberMark] } else { nil }
    }

    /// One line of JSON as `text`, with every marked number written as a number. For requests that a profile makes: what
    /// comes from outside may have such a member and mean nothing by it.
    ///
    /// - Throws: `JSONSyntaxError` for a mark at something that JSON does not call a number.
    public var textWithMarkedNumbers: String {
        get throws(JSONSyntaxError) {
            hasMark ? try written : text
        }
    }

    private var written: String {
        get throws(JSONSyntaxError) {
            if let marked = markedNumber { return try Self.digits(marked) }
            switch self {
            case .array(let elements):
                let texts = try elements.map { (element) throws(JSONSyntaxError) in
                    try element.written
                }
                return "[" + texts.joined(separator: ",") + "]"
            case .object(let members):
                let texts = try members.sorted { $0.key < $1.key }.map { (key, member) throws(JSONSyntaxError) in
                    JSONValue.string(key).text + ":" + (try member.written)
                }
                return "{" + texts.joined(separator: ",") + "}"
            default: return text
            }
        }
    }

    private var hasMark: Bool {
        switch self {
        case .object(let members): markedNumber != nil || members.values.contains(where: \.hasMark)
        case .array(let elements): elements.contains(where: \.hasMark)
        default: false
        }
    }

    private static func digits(_ value: JSONValue) throws(JSONSyntaxError) -> String {
        guard let text = value.int.map(String.init) ?? value.string, JSONNumber(Array(text.utf8)[...]) != nil else {
            throw JSONSyntaxError(message: "what is marked as \(numberMark) is no number in text")
        }
        return text
    }
}
