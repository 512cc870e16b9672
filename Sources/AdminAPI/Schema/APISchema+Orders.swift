// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger

extension APISchema {
    public static let money = APISchema.named(
        "Money", .answer(APIField("amount", .string, "with a point"), APIField("currency", .string, "ISO 4217")))

    private static let orderFields = [
        APIField("id", .count, "number in the ledger"), APIField("reference", .string),
        APIField("template", .string), APIField("backendCA", .string),
        APIField("connection", .nullable(.string), "which CA and account it was placed at"),
        APIField("product", .string), APIField("subscriberID", .string),
        APIField("userPrincipalName", .string), APIField("names", .names, "what is to be certified"),
        APIField("stage", .word(OrderStage.allCases.map(\.rawValue))), APIField("price", .nullable(.money)),
        APIField("attempt", .count), APIField("caRequestID", .nullable(.string)),
        APIField("waitingFor", .nullable(.string), "who has to act before the CA goes on"),
        APIField("detail", .nullable(.string)),
        APIField("holdReason", .nullable(.string), "why it waits for a person"),
        APIField("failures", .count, "in a row"), APIField("nextActionAt", .nullable(.time)),
        APIField("createdAt", .time), APIField("updatedAt", .time),
        APIField("since", .time, "since when it has been under way: since it left, or was planned"),
    ]

    public static let order = APISchema.named("Order", .object(orderFields + [.actions], isClosed: false))

    /// One that stood still, and why.
    static let releasedOrder = APISchema.named(
        "ReleasedOrder",
        .object(
            orderFields + [
                APIField("wasHeldBecause", .string, optional: true),
                APIField("wasDelayedBecause", .string, optional: true),
            ], isClosed: false))

    public static let orderEvent = APISchema.named(
        "OrderEvent",
        .answer(
            APIField("at", .time), APIField("stage", .word(OrderStage.allCases.map(\.rawValue))),
            APIField("kind", .string), APIField("message", .string),
            APIField("data", .any, "what the connector or the gateway has noted of it"),
            APIField("node", .nullable(.string)), APIField("fence", .nullable(.count))))

    public static let waiting = APISchema.named(
        "Waiting",
        .answer(
            APIField("waitingFor", .word(OrderWait.allCases.map(\.rawValue))), APIField("title", .string),
            APIField("count", .count), APIField("oldestAt", .nullable(.time), "when the first of them was placed"),
            APIField("nextAt", .nullable(.time), "when the first of them is taken up again"),
            APIField("waitsFor", .string, "what they wait for"),
            APIField("whoActs", .string, "who has to act, and how"),
            APIField("byItself", .string, "what happens by itself, and when"),
            APIField("plans", .list(.string), "what plans would order and a limit keeps")))

    public static let validation = APISchema.named(
        "Validation",
        .answer(
            APIField("reference", .string),
            APIField(
                "addresses",
                .list(
                    .answer(
                        APIField("address", .string), APIField("confirmed", .boolean),
                        APIField("lastMailed", .nullable(.string)))))))
}
