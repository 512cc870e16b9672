// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import JSONDocuments

/// Settings as an administrator might give them.
struct SampleSettings {
    /// What is given, in words.
    let title: String
    /// Whether nothing is given that may be left out.
    let isLeast: Bool
    /// Without secrets, as most programs see them.
    let values: JSONValue
    /// With secrets, as logins see them.
    let revealed: JSONValue

    private init(
        _ title: String, _ schemas: [SettingSchema], isLeast: Bool = false, _ given: (SettingSchema) -> JSONValue?
    ) {
        var (values, revealed): ([String: JSONValue], [String: JSONValue]) = ([:], [:])
        for schema in schemas {
            let value = given(schema)
            revealed[schema.key] = value
            if schema.type != .secret { values[schema.key] = value }
        }
        (self.title, self.isLeast) = (title, isLeast)
        (self.values, self.revealed) = (.object(values), .object(revealed))
    }

    /// All settings, only those without which nothing works, and each choice.
    static func all(_ schemas: [SettingSchema]) -> [SampleSettings] {
        let whole = SampleSettings("with all settings", schemas, value)
        let least = SampleSettings("with only the required settings", schemas, isLeast: true) { schema in
            schema.isRequired ? value(schema) : schema.defaultValue
        }
        let choices = schemas.flatMap { chosen in
            chosen.choices.map { choice in
                SampleSettings("with settings.\(chosen.key) \(choice.value)", schemas) { schema in
                    schema.key == chosen.key ? .string(choice.value) : value(schema)
                }
            }
        }
        return [whole, least] + choices
    }

    /// A value that fits, also for the options of a product.
    static func value(_ schema: SettingSchema) -> JSONValue {
        if let known = schema.defaultValue { return known }
        return switch schema.type {
        case .text, .secret: "sample"
        case .integer: 1
        case .boolean: true
        case .choice: .string(schema.choices.first?.value ?? "sample")
        case .file: "/sample"
        }
    }
}
