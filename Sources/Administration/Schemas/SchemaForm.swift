// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// The kinds of values that key tables speak of, as JSON Schema.
enum SchemaForm {
    /// The kinds that one description names: `list of text, or word` names two.
    static func alternatives(_ type: String) -> [String] {
        guard forms[type] == nil, type != "word" else { return [type] }
        return type.replacing(", or ", with: ", ").replacing(" or ", with: ", ").split(separator: ", ").map(String.init)
    }

    /// - Parameters:
    ///   - words: those that fit where the kind is a word; empty for any.
    ///   - range: what a whole number may be.
    /// - Returns: nil for a kind that is not known.
    static func json(_ type: String, words: [String], range: ClosedRange<Int>? = nil) -> [String: JSONValue]? {
        if type == "word" {
            return words.isEmpty ? ["type": "string"] : ["enum": .array(words.flatMap(spellings))]
        }
        if type == "whole number", let range {
            return ["type": "integer", "minimum": JSONValue(range.lowerBound), "maximum": JSONValue(range.upperBound)]
        }
        if let form = forms[type] { return form }
        if let item = type.dropping("list of ") {
            let kind = item == "words" ? "word" : item == "whole numbers" ? "whole number" : item
            return json(kind, words: words, range: range).map { ["type": "array", "items": .object($0)] }
        }
        guard let value = type.dropping("mapping of ")?.split(separator: " to ", maxSplits: 1).last else { return nil }
        return json(String(value), words: []).map { ["type": "object", "additionalProperties": .object($0)] }
    }

    private static let forms: [String: [String: JSONValue]] = {
        var forms: [String: [String: JSONValue]] = [
            "secret": ["type": "string", "pattern": "^(env|file):."],
            "path": ["type": "string", "pattern": "^/"],
            "address": ["type": "string", "pattern": "^https?://"],
            "LDAP address": ["type": "string", "pattern": "^[Ll][Dd][Aa][Pp][Ss]?://"],
            "GUID": ["type": "string", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"],
            "duration": ["type": "string", "pattern": "^[0-9]{1,7}[dhms]$"],
            "money": ["type": "string", "pattern": "^[0-9]{1,12}([.][0-9]{1,3})? [A-Z]{3}$"],
            "date": ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"],
            "whole number": ["type": "integer"],
            "true or false": ["type": "boolean"],
            "null": ["type": "null"],
            "any value that fits": [:],
        ]
        for text in [
            "text", "mail server", "text with holes", "XML with holes", "jq", "XPath", "object identifier", "title",
            "namespace",
        ] {
            forms[text] = ["type": "string"]
        }
        return forms
    }()

    /// A word that looks like a number is one to whoever reads YAML, and our reader takes it all the same.
    private static func spellings(_ word: String) -> [JSONValue] {
        [.string(word)] + [Double(word).map(JSONValue.number)].compactMap(\.self)
    }
}

extension String {
    fileprivate func dropping(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
