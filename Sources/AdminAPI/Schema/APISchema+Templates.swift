// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension APISchema {
    private static let templateFields = [
        APIField("name", .string), APIField("enabled", .boolean), APIField("group", .string, "object id"),
        APIField("groupName", .nullable(.string)), APIField("backendCA", .string), APIField("product", .string),
        APIField("people", .nullable(.peopleCount), "numbers by status, and all members"), .actions,
    ]

    public static let template = APISchema.named("Template", .object(templateFields, isClosed: false))

    public static let templateDetails = APISchema.named(
        "TemplateDetails",
        .object(
            templateFields + [
                APIField("document", .any, "as it is stored"), APIField("revision", .count),
                APIField("switch", .nullable(.caSwitch), "the change to another CA that is under way; null for none"),
            ], isClosed: false))
}
