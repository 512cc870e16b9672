// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

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
            APIField("settings", .list(.any)), APIField("environments", .map(.string)),
            APIField("products", .list(.string))))

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
