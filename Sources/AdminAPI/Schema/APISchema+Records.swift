// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension APISchema {
    static let month = APISchema.matching(
        pattern: "^20[2-4][0-9]-(0[1-9]|1[0-2])$", "a month such as 2026-01")

    public static let auditRecord = APISchema.named(
        "AuditRecord",
        .answer(
            APIField("number", .count), APIField("at", .string, "RFC 3339, milliseconds"), APIField("actor", .string),
            APIField("actorKind", .string), APIField("origin", .string), APIField("node", .nullable(.string)),
            APIField("action", .string), APIField("objectKind", .string), APIField("object", .string),
            APIField("person", .nullable(.string)), APIField("before", .any, "null for none"),
            APIField("after", .any, "null for none"),
            APIField("outcome", .string), APIField("reason", .string), APIField("previous", .string),
            APIField("hash", .string)))

    private static let costRow = APISchema.named(
        "CostRow",
        .answer(
            APIField("month", .string, "empty where the rows do not tell it apart, as the others"),
            APIField("template", .string), APIField("backendCA", .string), APIField("product", .string),
            APIField("orders", .count), APIField("certificates", .count), APIField("underWay", .count),
            APIField("cost", .nullable(.money)), APIField("underWayCost", .nullable(.money))))

    public static let costs = APISchema.named(
        "Costs",
        .answer(
            APIField("from", .string), APIField("to", .string), APIField("rows", .list(.costRow)),
            APIField("total", .list(.money)), APIField("thisMonth", .spending),
            APIField("budgetPerMonth", .nullable(.money))
        ))

    public static let rule = APISchema.named(
        "Rule",
        .answer(
            APIField("id", .string), APIField("finding", .string), APIField("severity", .string),
            APIField("source", .string), APIField("from", .string), APIField("until", .nullable(.string)),
            APIField("types", .list(.string)), APIField("generations", .list(.string)),
            APIField("target", .nullable(.string)), APIField("checked", .list(.string)),
            APIField("note", .nullable(.string)), APIField("file", .string)))
}
