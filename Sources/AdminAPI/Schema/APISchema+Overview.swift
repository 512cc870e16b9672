// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration

extension APISchema {
    public static let job = APISchema.named(
        "Job",
        .answer(
            APIField("name", .string), APIField("meaning", .string), APIField("startedAt", .nullable(.time)),
            APIField("endedAt", .nullable(.time), "null while it runs"), APIField("nextAt", .nullable(.time)),
            APIField("problem", .nullable(.string)), APIField("tookSeconds", .nullable(.number)),
            APIField("facts", .map(.integer())),
            APIField("pausedBy", .nullable(.string), "for whom it rests"), APIField("pausedAt", .nullable(.time))))

    public static let node = APISchema.named(
        "Node",
        .answer(
            APIField("id", .string), APIField("host", .string), APIField("atWork", .boolean),
            APIField("planning", .boolean), APIField("orders", .count, "that it has in hand"),
            APIField("startedAt", .time), APIField("seenAt", .time)))

    public static let services = APISchema.named(
        "Services",
        .answer(
            APIField("at", .nullable(.time), "null before the first look"), APIField("failed", .boolean),
            APIField("standsStill", .boolean),
            APIField(
                "findings",
                .list(
                    .answer(
                        APIField("subject", .string), APIField("verdict", .string), APIField("text", .string))))))

    public static let overview = APISchema.named(
        "Overview",
        .answer(
            APIField("at", .time),
            APIField(
                "needsYou",
                .list(
                    .answer(
                        APIField("kind", .word(Need.Kind.allCases.map(\.rawValue))), APIField("urgent", .boolean),
                        APIField("text", .string), APIField("count", .nullable(.count)),
                        APIField("since", .nullable(.time)), APIField("path", .string, "below /console")))),
            APIField(
                "canIssue",
                .list(
                    .answer(
                        APIField("template", .string), APIField("backendCA", .string), APIField("can", .boolean),
                        APIField(
                            "state", .word(IssuanceState.State.allCases.map(\.rawValue)),
                            "waits: for a person's consent or for another budget, and for nothing else"),
                        APIField("cause", .nullable(.string)), APIField("off", .boolean)))),
            APIField(
                "weeks",
                .list(
                    .answer(
                        APIField("start", .time), APIField("issued", .count), APIField("renewed", .count),
                        APIField("ending", .count)))),
            APIField("lastPass", .nullable(.job)), APIField("lastReading", .nullable(.job))))
}
