// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import YAMLDocuments

/// What is wrong with one place of a body or with one parameter.
public struct APIFault: Sendable, Hashable {
    /// JSON Pointer (RFC 6901) into the body, or the parameter's name.
    public let pointer: String
    /// What is found and what is expected, in one sentence.
    public let detail: String

    public init(_ pointer: String, _ detail: String) { (self.pointer, self.detail) = (pointer, detail) }

    var json: JSONValue { ["pointer": .string(pointer), "detail": .string(detail)] }
}

extension APISchema {
    /// Everything that is wrong with a value; empty when it is as told.
    ///
    /// - Parameter pointer: where the value stands in its body.
    func faults(_ value: JSONValue, at pointer: String = "") -> [APIFault] {
        func fault(_ expected: String) -> [APIFault] {
            [APIFault(pointer, "found \(Self.shown(value)), expected \(expected)")]
        }
        switch self {
        case .any: return []
        case .boolean: return value.bool == nil ? fault("true or false") : []
        case .number: return value.number == nil ? fault("a number") : []
        case .integer(let range):
            return value.int.map(range.contains) == true
                ? [] : fault("a whole number from \(range.lowerBound) to \(range.upperBound)")
        case .text(let length):
            guard let text = value.string else { return fault("text") }
            let count = text.unicodeScalars.count
            return length.contains(count)
                ? [] : fault("text of \(length.lowerBound) to \(length.upperBound) characters")
        case .formatted(let form): return value.string.flatMap(form.date) == nil ? fault(form.expectation) : []
        case .word(let words):
            guard let word = value.string, words.contains(word) else {
                let hint = value.string.map { "; \(suggestion(for: $0, in: words))" } ?? ""
                return fault("one of \(words.joined(separator: ", "))\(hint)")
            }
            return []
        case .matching(let pattern, let expectation):
            // The pattern is a literal of the table; the tests compile each.
            guard let text = value.string, let form = try? Regex(pattern),
                (try? form.wholeMatch(in: text)) != nil
            else { return fault(expectation) }
            return []
        case .words(let words):
            guard let text = value.string else { return fault("words with commas between") }
            return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init).filter {
                !words.contains($0)
            }.map { APIFault(pointer, "found \"\($0.prefix(60))\"; \(suggestion(for: $0, in: words))") }
        case .list(let element, let count):
            guard let elements = value.array else { return fault("a list") }
            guard count.contains(elements.count) else {
                return fault("a list of \(count.lowerBound) to \(count.upperBound) elements")
            }
            return elements.enumerated().flatMap { element.faults($1, at: "\(pointer)/\($0)") }
        case .object(let fields, let isClosed):
            guard let members = value.object else { return fault("an object") }
            return Self.faults(members, fields, isClosed, pointer)
        case .map(let schema):
            guard let members = value.object else { return fault("an object") }
            return members.flatMap { schema.faults($1, at: Self.place($0, below: pointer)) }
        case .named(_, let schema): return schema.faults(value, at: pointer)
        case .nullable(let schema): return value.isNull ? [] : schema.faults(value, at: pointer)
        case .oneOf(let schemas):
            let all = schemas.map { $0.faults(value, at: pointer) }
            // What comes nearest is what was meant.
            return all.min { $0.count < $1.count } ?? []
        }
    }

    private static func faults(
        _ members: [String: JSONValue], _ fields: [APIField], _ isClosed: Bool, _ pointer: String
    ) -> [APIFault] {
        var faults: [APIFault] = []
        for field in fields {
            if let value = members[field.name] {
                faults += field.schema.faults(value, at: place(field.name, below: pointer))
            } else if field.isRequired {
                faults.append(APIFault(place(field.name, below: pointer), "is missing"))
            }
        }
        guard isClosed else { return faults }
        let names = fields.map(\.name)
        for name in members.keys.sorted() where !names.contains(name) {
            let hint = names.isEmpty ? "nothing is expected here" : suggestion(for: name, in: names)
            faults.append(APIFault(place(name, below: pointer), "is not known; \(hint)"))
        }
        return faults
    }

    private static func place(_ name: String, below pointer: String) -> String {
        "\(pointer)/\(name.replacing("~", with: "~0").replacing("/", with: "~1"))"
    }

    /// A value in few words: what came from outside is cut.
    private static func shown(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): "\"\(text.prefix(60))\(text.count > 60 ? "…" : "")\""
        case .number, .bool: value.text
        case .null, .array, .object: value.kindName
        }
    }
}
