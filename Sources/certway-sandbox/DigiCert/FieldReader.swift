// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

/// Reads one JSON object member by member; members that nobody asked for are problems when it is finished.
final class FieldReader {
    private let members: [String: JSONValue]
    private let path: String
    private let problems: FieldProblems
    private var known: Set<String> = []

    init(_ members: [String: JSONValue], path: String = "", problems: FieldProblems) {
        self.members = members
        self.path = path
        self.problems = problems
    }

    func full(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func has(_ name: String) -> Bool { value(name) != nil }

    func text(_ name: String, isRequired: Bool = false, among words: [String]? = nil) -> String? {
        guard let value = value(name) else {
            if isRequired { problems.missing(full(name)) }
            return nil
        }
        guard let text = value.string, !text.isEmpty else {
            problems.invalid(full(name), "Expected a text that is not empty, found \(value.kindName).")
            return nil
        }
        if let words, !words.contains(text) {
            problems.invalid(full(name), "Found '\(text)', expected one of: \(words.joined(separator: ", ")).")
            return nil
        }
        return text
    }

    func flag(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        if value.bool == nil { problems.invalid(full(name), "Expected true or false, found \(value.kindName).") }
        return value.bool
    }

    /// A number, also as text: clients send ids either way (wire/digicert-certcentral.md section 12).
    func number(_ name: String, isRequired: Bool = false) -> Int? {
        guard let value = value(name) else {
            if isRequired { problems.missing(full(name)) }
            return nil
        }
        let number = value.int ?? value.string.flatMap(Int.init)
        if number == nil { problems.invalid(full(name), "Expected a whole number, found \(value.kindName).") }
        return number
    }

    func texts(_ name: String, isRequired: Bool = false) -> [String] {
        guard let value = value(name) else {
            if isRequired { problems.missing(full(name)) }
            return []
        }
        let texts = value.array?.compactMap(\.string) ?? []
        if value.array == nil || texts.count != value.array?.count {
            problems.invalid(full(name), "Expected a list of texts, found \(value.kindName).")
        } else if texts.isEmpty, isRequired {
            problems.missing(full(name))
        }
        return texts
    }

    func object(_ name: String, isRequired: Bool = false) -> FieldReader? {
        guard let value = value(name) else {
            if isRequired { problems.missing(full(name)) }
            return nil
        }
        guard let members = value.object else {
            problems.invalid(full(name), "Expected an object, found \(value.kindName).")
            return nil
        }
        return FieldReader(members, path: full(name), problems: problems)
    }

    func objects(_ name: String) -> [FieldReader] {
        let elements = value(name)?.array ?? []
        return elements.enumerated().compactMap { index, element in
            element.object.map { FieldReader($0, path: "\(full(name))[\(index)]", problems: problems) }
        }
    }

    /// Members that are accepted and mean nothing here.
    func ignore(_ names: String...) { known.formUnion(names) }

    func finish() {
        for name in members.keys.sorted() where !known.contains(name) {
            problems.invalid(full(name), "The field is not known for this request.")
        }
    }

    private func value(_ name: String) -> JSONValue? {
        known.insert(name)
        guard let value = members[name], !value.isNull else { return nil }
        return value
    }
}

extension Call {
    /// The members of a JSON body.
    ///
    /// - Parameter isOptional: an empty body counts as an object without members.
    func bodyMembers(isOptional: Bool = false) throws(Reply) -> [String: JSONValue] {
        if isOptional, request.body.isEmpty { return [:] }
        guard isOfType("application/json"), let members = json?.object else {
            throw DigiCertError.reply(
                400, "bad_request_format", "The request is not a JSON object with Content-Type: application/json.")
        }
        return members
    }
}
