// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Settings

/// What stands within several answers.
extension APISchema {
    /// What is to be certified; the members are those that names have.
    static let names: APISchema = {
        let sample = RequestedNames(emails: [""], hosts: [""]).json
        return .named(
            "Names",
            .object(
                RequestedNames.keys.map { key in
                    APIField(key, sample[key]?.array == nil ? .string : .list(.string), optional: true)
                }, isClosed: false))
    }()

    /// One sum for each currency; empty where nobody has said a price.
    static let moneySum = APISchema.list(.money)

    /// What the orders of a month have cost so far.
    static let spending = APISchema.named(
        "Spending",
        .answer(
            APIField("month", .string, "such as 2026-01"), APIField("spent", moneySum),
            APIField("templates", .map(moneySum))))

    /// What is, or would be, changed in the configuration.
    static let configurationChange = APISchema.named(
        "ConfigurationChange",
        .answer(
            APIField("section", .string), APIField("name", .string),
            APIField("change", .word(ConfigurationStore.Change.Kind.allCases.map(\.rawValue))),
            APIField(
                "differences",
                .list(
                    .answer(
                        APIField("keyPath", .string), APIField("old", .any, "null for none"),
                        APIField("new", .any, "null for none"))))))

    /// What was found by looking at something.
    static let rootFinding = APISchema.named(
        "RootFinding",
        .answer(
            APIField("verdict", .word(Examination.Verdict.allCases.map(\.rawValue))), APIField("text", .string)))

    /// What a file that is handed over is for.
    static let packageHints = APISchema.named(
        "PackageHints",
        .answer(
            APIField("device", .string, optional: true), APIField("recovery", .string, "its number", optional: true),
            APIField("serialNumber", .string, optional: true),
            APIField("to", .string, "where the file is mailed", optional: true),
            APIField("passwordTo", .string, "where its password is mailed", optional: true)))

    /// The change of a template to another CA or product, as it was asked for.
    static let caSwitchFields = [
        APIField("former", .map(.any), "the members of the template that it changes, as they were"),
        APIField("next", .map(.any), "as they are then"),
        APIField("when", .word(CASwitch.Pace.allCases.map(\.rawValue))), APIField("from", .nullable(.time)),
        APIField("overlapDays", .nullable(.count)), APIField("by", .string), APIField("askedAt", .time),
        APIField("begunAt", .nullable(.time)), APIField("keptBecause", .nullable(.string)),
    ]

    private static let places = APISchema.list(.answer(APIField("place", .string), APIField("count", .count)))

    static let caSwitch = APISchema.named(
        "CASwitch",
        .object(
            [APIField("template", .string)] + caSwitchFields + [
                APIField("certificates", places, "in use, by CA and product"), APIField("open", places, "orders"),
            ], isClosed: false))

    /// The first of some people, and how many there are.
    static let somePeople = APISchema.named(
        "SomePeople",
        .answer(
            APIField("count", .count),
            APIField("first", .list(.answer(APIField("userPrincipalName", .string), APIField("sentence", .string))))))
}
