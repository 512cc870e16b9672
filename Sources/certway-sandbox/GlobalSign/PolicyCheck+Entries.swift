// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// The kinds of entries that a policy is made of, and how a value is held against each.
extension PolicyCheck {
    mutating func text(_ value: JSONValue?, _ rule: JSONValue?, _ path: String) -> String? {
        let presence = rule?["presence"]?.string ?? "FORBIDDEN"
        let format = rule?["format"]?.string ?? rule?["value_format"]?.string ?? ""
        var given = value.flatMap { $0.isNull ? nil : $0 }
        if given == "", rule?["ignore_empty"]?.bool == true || presence != "REQUIRED" { given = nil }
        guard presence != "STATIC" else {
            if given != nil { problems[path] = "static in policy" }
            return format
        }
        guard let given else {
            if presence == "REQUIRED" { problems[path] = "required by policy" }
            return nil
        }
        guard presence != "FORBIDDEN" else {
            problems[path] = "forbidden by policy"
            return nil
        }
        guard let text = given.string, Self.matches(text, format) else {
            problems[path] = given.string == nil ? "not a text" : "value does not match policy"
            return nil
        }
        return text
    }

    mutating func list(_ value: JSONValue?, _ rule: JSONValue?, _ path: String) -> [String] {
        let patterns = rule?["list"]?.array?.compactMap(\.string) ?? []
        let given = value.flatMap { $0.isNull ? nil : $0 } ?? []
        guard let texts = given.array?.compactMap(\.string), texts.count == given.array?.count else {
            problems[path] = "not a list of texts"
            return []
        }
        if rule?["static"]?.bool == true {
            if !texts.isEmpty { problems[path] = "static in policy" }
            return patterns
        }
        if texts.count < rule?["mincount"]?.int ?? 0 || texts.count > rule?["maxcount"]?.int ?? 0 {
            problems[path] = "number of values outside of the policy"
        } else if !texts.allSatisfy({ text in patterns.contains { Self.matches(text, $0) } }) {
            problems[path] = "value does not match policy"
        }
        return texts
    }

    /// An array of `{type, value}` against a map by type.
    mutating func typedValues(_ value: JSONValue?, _ rules: JSONValue?, _ path: String) -> [(
        type: String, value: String
    )] {
        let given = value.flatMap { $0.isNull ? nil : $0 } ?? []
        var counts: [String: Int] = [:]
        var found: [(type: String, value: String)] = []
        for element in given.array ?? [nil] {
            guard let members = element.object, let type = members["type"]?.string,
                Set(members.keys).isSubset(of: ["type", "value"])
            else {
                problems[path] = "not a list of {type, value}"
                return []
            }
            counts[type, default: 0] += 1
            guard let rule = rules?[type] else {
                problems[path] = "\(type) forbidden by policy"
                continue
            }
            guard let text = members["value"]?.string, Self.matches(text, rule["value_format"]?.string ?? "") else {
                problems[path] = "value of \(type) does not match policy"
                continue
            }
            if rule["static"]?.bool == true { problems[path] = "\(type) static in policy" }
            found.append((type, text))
        }
        for (type, rule) in rules?.object ?? [:] {
            let count = counts[type] ?? 0
            if rule["static"]?.bool != true, count < rule["mincount"]?.int ?? 0 || count > rule["maxcount"]?.int ?? 0 {
                problems[path] = "number of values of \(type) outside of the policy"
            }
        }
        return found
    }

    mutating func object(_ value: JSONValue?, _ path: String) -> [String: JSONValue]? {
        guard let value, !value.isNull else { return nil }
        if value.object == nil { problems[path] = "not an object" }
        return value.object
    }

    mutating func refuseUnknown(_ members: [String: JSONValue], _ path: String, _ known: [String]) {
        for name in members.keys where !known.contains(name) {
            problems[path.isEmpty ? name : "\(path).\(name)"] = "unknown field"
        }
    }

    /// Found anywhere in the text, unless the pattern says otherwise (wire/globalsign-atlas.md section 4).
    static func matches(_ text: String, _ pattern: String) -> Bool {
        (try? Regex(pattern).firstMatch(in: text)) != nil
    }
}
