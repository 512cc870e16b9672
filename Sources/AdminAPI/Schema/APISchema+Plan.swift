// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Planning

extension APISchema {
    public static let plan = APISchema.named(
        "Plan",
        .answer(
            APIField("fingerprint", .string, "changes with everything that a consent would be to"),
            APIField("orders", .count, "new orders"), APIField("endings", .count, "certificates and orders to end"),
            APIField("waitsForConsent", .boolean), APIField("consent", .any, "one that is given and not used yet"),
            APIField("templates", .list(.any)), APIField("problems", .list(.string)),
            APIField("waiting", .list(.string)),
            APIField("overLimits", .list(.string), "what waits for a person's consent"), APIField("cost", .any),
            APIField("spending", .any), APIField("budgetPerMonth", .any), APIField("unplanned", .map(.count)),
            APIField("kept", .list(.any)), .actions))

    public static let planItem = APISchema.named(
        "PlanItem",
        .answer(
            APIField("template", .string), APIField("id", .string, "object id of the person"),
            APIField("userPrincipalName", .string),
            APIField("action", .word(PlannedAction.allCases.map(\.rawValue))), APIField("reason", .string),
            APIField("names", .any), APIField("order", .nullable(.string), "what it acts on"),
            APIField("backendCA", .nullable(.string)), APIField("formerNames", .any)))
}
