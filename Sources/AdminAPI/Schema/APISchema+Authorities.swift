// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

extension APISchema {
    public static let connector = APISchema.named(
        "Connector",
        .answer(
            APIField("connector", .string), APIField("title", .string), APIField("module", .string),
            APIField("file", .string), APIField("products", .list(.string))))

    public static let connectorDetails = APISchema.named(
        "ConnectorDetails",
        .answer(
            APIField("connector", .string), APIField("title", .string), APIField("file", .string),
            APIField("abilities", .list(.string)), APIField("missing", .map(.string), "why, by ability"),
            APIField("settings", .list(.connectorSetting)), APIField("environments", .map(.string)),
            APIField("products", .list(.string))))

    /// What an account at a CA of this kind is told by.
    static let connectorSetting = APISchema.named(
        "ConnectorSetting",
        .answer(
            APIField("key", .string), APIField("type", .word(SettingSchema.ValueType.allCases.map(\.rawValue))),
            APIField("title", .string), APIField("help", .string), APIField("default", .any, "null for none"),
            APIField("choices", .list(.answer(APIField("value", .string), APIField("title", .string)))),
            APIField("required", .boolean), APIField("identifiesAccount", .boolean), APIField("signsIn", .boolean)))

    public static let backendCA = APISchema.named(
        "BackendCA",
        .answer(
            APIField("name", .string), APIField("connector", .string),
            APIField("state", .string, "configured, or why it cannot be used"), APIField("abilities", .list(.string)),
            APIField("environment", .nullable(.string)), .actions, APIField("usedBy", .list(.string), "templates"),
            APIField("alarm", .nullable(.string), "what an operator must mend there")))

    public static let product = APISchema.named(
        "Product",
        .answer(
            APIField("id", .string), APIField("title", .string), APIField("isInProfile", .boolean),
            APIField("details", .map(.string))))
}
