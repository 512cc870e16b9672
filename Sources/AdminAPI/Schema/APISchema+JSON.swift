// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

extension APISchema {
    /// As JSON Schema 2020-12, the dialect of OpenAPI 3.1; what has a name is a reference.
    var json: JSONValue {
        switch self {
        case .any: [:]
        case .boolean: ["type": "boolean"]
        case .integer(let range):
            ["type": "integer", "minimum": JSONValue(range.lowerBound), "maximum": JSONValue(range.upperBound)]
        case .number: ["type": "number"]
        case .text(let length):
            ["type": "string", "minLength": JSONValue(length.lowerBound), "maxLength": JSONValue(length.upperBound)]
        case .formatted(let form):
            ["type": "string", "format": .string(form.rawValue), "pattern": .string(form.pattern)]
        case .word(let words): ["type": "string", "enum": JSONValue(words)]
        case .matching(let pattern, _): ["type": "string", "pattern": .string(pattern)]
        case .words(let words): ["type": "string", "pattern": .string(Self.pattern(words))]
        case .list(let element, let count):
            [
                "type": "array", "items": element.json, "minItems": JSONValue(count.lowerBound),
                "maxItems": JSONValue(count.upperBound),
            ]
        case .object(let fields, let isClosed): Self.object(fields, isClosed)
        case .map(let value): ["type": "object", "additionalProperties": value.json]
        case .named(let name, _): ["$ref": .string("#/components/schemas/\(name)")]
        case .nullable(let schema): ["anyOf": [schema.json, ["type": "null"]]]
        case .oneOf(let schemas): ["anyOf": .array(schemas.map(\.json))]
        }
    }

    /// Words of letters and digits alone.
    static func pattern(_ words: [String]) -> String {
        let one = "(\(words.joined(separator: "|")))"
        return "^\(one)(,\(one))*$"
    }

    private static func object(_ fields: [APIField], _ isClosed: Bool) -> JSONValue {
        var schema: [String: JSONValue] = ["type": "object"]
        var properties: [String: JSONValue] = [:]
        for field in fields {
            var value = field.schema.json
            if !field.help.isEmpty { value["description"] = .string(field.help) }
            properties[field.name] = value
        }
        schema["properties"] = .object(properties)
        let required = fields.filter(\.isRequired).map(\.name)
        if !required.isEmpty { schema["required"] = JSONValue(required) }
        if isClosed { schema["additionalProperties"] = false }
        return .object(schema)
    }

    /// Everything with a name in it, by name.
    var components: [String: APISchema] {
        switch self {
        case .named(let name, let schema): schema.components.merging([name: schema]) { first, _ in first }
        case .list(let element, _): element.components
        case .map(let value): value.components
        case .nullable(let schema): schema.components
        case .object(let fields, _): Self.union(fields.map(\.schema))
        case .oneOf(let schemas): Self.union(schemas)
        case .any, .boolean, .integer, .number, .text, .formatted, .word, .words, .matching: [:]
        }
    }

    static func union(_ schemas: [APISchema]) -> [String: APISchema] {
        schemas.reduce(into: [:]) { all, schema in all.merge(schema.components) { first, _ in first } }
    }

    /// The members of an object or of what a name stands for.
    var fields: [APIField] {
        switch self {
        case .object(let fields, _): fields
        case .named(_, let schema), .nullable(let schema): schema.fields
        default: []
        }
    }
}
