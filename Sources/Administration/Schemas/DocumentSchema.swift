// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import Settings

/// A JSON Schema (draft 2020-12) made from the key table of a document, so that editors complete its keys and mark what is wrong
/// before any command sees it. It knows keys, types and words; what needs a look elsewhere, `certway` says.
struct DocumentSchema {
    static let dialect: JSONValue = "https://json-schema.org/draft/2020-12/schema"

    private let root = SchemaPlace()

    /// - Parameter choices: the groups of keys of which a mapping needs one, by its path.
    init(_ keys: [ProfileKey], choices: [String: [[String]]] = [:]) {
        for key in keys { root.place(at: key.path).key = key }
        for (path, groups) in choices { root.place(at: path).choices = groups }
    }

    /// - Throws: `SettingsError` for a kind of value that this does not know; the author of the table must act.
    func json() throws(SettingsError) -> [String: JSONValue] { try mapping(root) }

    private func schema(_ place: SchemaPlace) throws(SettingsError) -> JSONValue {
        guard let key = place.key else { return .object(try mapping(place)) }
        var forms: [[String: JSONValue]] = []
        for type in SchemaForm.alternatives(key.type) { forms.append(try form(type, place, key)) }
        var schema = forms.count == 1 ? forms[0] : ["anyOf": .array(forms.map(JSONValue.object))]
        schema["description"] = .string(key.help)
        return .object(schema)
    }

    private func form(_ type: String, _ place: SchemaPlace, _ key: ProfileKey) throws(SettingsError) -> [String:
        JSONValue]
    {
        if type == "mapping" { return try mapping(place) }
        if type == "list of mappings" {
            return ["type": "array", "items": .object(try mapping(place.element ?? place))]
        }
        if let form = SchemaForm.json(type, words: key.words, range: key.range) { return form }
        throw SettingsError("key \(key.path): no schema is known for \"\(type)\"; add it to SchemaForm")
    }

    private func mapping(_ place: SchemaPlace) throws(SettingsError) -> [String: JSONValue] {
        var schema: [String: JSONValue] = ["type": "object"]
        var properties: [String: JSONValue] = [:]
        for (name, member) in place.members {
            // What holds for every key holds for this one, too.
            properties[name] = try self.schema(place.any.map { member.merged(with: $0) } ?? member)
        }
        if !properties.isEmpty { schema["properties"] = .object(properties) }
        if let any = place.any {
            schema["additionalProperties"] = try self.schema(any)
        } else if !properties.isEmpty {
            schema["additionalProperties"] = false
        }
        if !place.choices.isEmpty {
            var excluded: [String: JSONValue] = [:]
            schema["oneOf"] = .array(place.choices.map { ["required": JSONValue($0)] })
            for (index, group) in place.choices.enumerated() {
                let others = place.choices.enumerated().filter { $0.offset != index }.flatMap(\.element)
                let none = JSONValue.object(Dictionary(others.map { ($0, false) }, uniquingKeysWith: { $1 }))
                for key in group { excluded[key] = ["properties": none] }
            }
            schema["dependentSchemas"] = .object(excluded)
        }
        let required = place.members.filter { $0.value.key?.isRequired == true }.map(\.key).sorted()
        guard !required.isEmpty else { return schema }
        if place.members["like"] == nil {
            schema["required"] = JSONValue(required)
        } else {
            // What equals another needs nothing else.
            schema["anyOf"] = [["required": ["like"]], ["required": JSONValue(required)]]
        }
        return schema
    }
}
