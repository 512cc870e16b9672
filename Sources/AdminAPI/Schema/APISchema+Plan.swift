// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Planning

extension APISchema {
    public static let plan = APISchema.named(
        "Plan",
        .answer(
            APIField("fingerprint", .string, "changes with everything that a consent would be to"),
            APIField("orders", .count, "new orders"), APIField("endings", .count, "certificates and orders to end"),
            APIField("waitsForConsent", .boolean),
            APIField(
                "consent",
                .nullable(
                    .answer(
                        APIField("by", .string), APIField("at", .time), APIField("expiresAt", .time),
                        APIField("sentence", .string, "what it is to"))), "one that is given and not used yet"),
            APIField("templates", .list(.templatePlan)), APIField("problems", .list(.string)),
            APIField("waiting", .list(.string)),
            APIField("overLimits", .list(.string), "what waits for a person's consent"), APIField("cost", .moneySum),
            APIField("spending", .nullable(.spending)), APIField("budgetPerMonth", .nullable(.money)),
            APIField(
                "unknown", .list(.answer(APIField("template", .string), APIField("reason", .string))),
                "templates that could not be looked at"), APIField("unplanned", .map(.count)),
            APIField(
                "unknown", .list(.answer(APIField("template", .string), APIField("reason", .string))),
                "templates that could not be looked at"),
            APIField(
                "kept",
                .list(
                    .answer(
                        APIField("backendCA", .string), APIField("orders", .count),
                        APIField("reason", .string, "what they wait for"))),
                "new orders that would wait here, though they were placed"), .actions))

    /// Numbers by what is to be done for people.
    private static let actionCounts = APISchema.object(
        PlannedAction.allCases.map { APIField($0.rawValue, .count, optional: true) }, isClosed: false)

    private static func planned(_ more: APIField...) -> APISchema {
        .list(
            .object(
                [
                    APIField("userPrincipalName", .string),
                    APIField("action", .nullable(.word(PlannedAction.allCases.map(\.rawValue)))),
                    APIField("reason", .string),
                ] + more, isClosed: false))
    }

    /// People of a template by their status.
    static let peopleCount = APISchema.object(
        PersonStatus.allCases.map { APIField($0.rawValue, .count) } + [
            APIField("members", .count),
            APIField(
                "replacements",
                .object(Replacement.allCases.map { APIField($0.rawValue, .count) }, isClosed: false),
                "of inUse, those for whom another order is under way or held"),
        ],
        isClosed: false)

    /// What is about to be done by one template.
    static let templatePlan = APISchema.named(
        "TemplatePlan",
        .answer(
            APIField("template", .string), APIField("evaluated", .count, "people looked at in this pass"),
            APIField("skippedByReason", .map(.count)), APIField("actions", actionCounts),
            APIField("incidentActions", actionCounts, "the same for what open incidents want"),
            APIField("price", .nullable(.money), "of one order"),
            APIField("cost", .nullable(.money), "of the new orders"), APIField("warnings", .list(.string)),
            APIField("standstill", .list(.string), "what nobody means and nothing changes by itself"),
            APIField("people", .peopleCount),
            APIField(
                "concerns",
                .object(CertificateConcern.allCases.map { APIField($0.rawValue, .count) }, isClosed: false)),
            APIField("toOrder", planned(APIField("names", .names)), "the first of them"),
            APIField("toEnd", planned(), "the first of them")))

    public static let planItem = APISchema.named(
        "PlanItem",
        .answer(
            APIField("template", .string), APIField("id", .string, "object id of the person"),
            APIField("userPrincipalName", .string),
            APIField("action", .word(PlannedAction.allCases.map(\.rawValue))), APIField("reason", .string),
            APIField("names", .names), APIField("order", .nullable(.string), "what it acts on"),
            APIField("backendCA", .nullable(.string)), APIField("formerNames", .nullable(.names))))
}
