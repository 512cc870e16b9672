// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments

/// One profile: settings, products, and what it can do.
public struct ConnectorDetails: Sendable {
    public let profile: ConnectorProfile

    public var abilities: [ConnectorAbility] { ConnectorAbility.allCases.filter(profile.claims) }

    public var json: JSONValue {
        let settings = profile.settings.map { setting -> JSONValue in
            [
                "key": .string(setting.key), "type": .string(setting.type.rawValue), "title": .string(setting.title),
                "help": .string(setting.help), "default": setting.defaultValue ?? .null,
                "choices": .array(
                    setting.choices.map { ["value": .string($0.value), "title": .string($0.title)] }),
                "required": JSONValue(setting.isRequired), "identifiesAccount": JSONValue(setting.identifiesAccount),
                "signsIn": JSONValue(setting.signsIn),
            ]
        }
        let missing = profile.missing.map { ($0.key.rawValue, JSONValue.string($0.value)) }
        let environments = profile.environments.map { ($0.name, JSONValue.string($0.url)) }
        return [
            "connector": .string(profile.name), "title": .string(profile.title), "file": .string(profile.file),
            "abilities": JSONValue(abilities.map(\.rawValue)),
            "missing": .object(Dictionary(missing, uniquingKeysWith: { first, _ in first })),
            "settings": .array(settings),
            "environments": .object(Dictionary(environments, uniquingKeysWith: { first, _ in first })),
            "products": JSONValue(profile.products.map(\.id)),
        ]
    }
}
