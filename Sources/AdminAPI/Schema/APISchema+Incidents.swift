// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Planning

extension APISchema {
    /// A mass replacement as it was decided.
    static let incidentTerms = APISchema.named(
        "IncidentTerms",
        .answer(
            APIField("name", .string), APIField("state", .word(Incident.State.allCases.map(\.rawValue))),
            APIField("pause", .nullable(.string), "why it stands still"), APIField("reason", .string),
            APIField("because", .string), APIField("by", .string), APIField("startedAt", .time),
            APIField("deadline", .time), APIField("backendCA", .nullable(.string)),
            APIField("product", .nullable(.string)), APIField("canary", .count), APIField("canaryAuto", .boolean),
            APIField("canaryPassedAt", .nullable(.time)), APIField("wave", .nullable(.count)),
            APIField("pacePerHour", .nullable(.count)), APIField("accepted", .count),
            APIField("revokeAtDeadline", .boolean),
            APIField("selection", .map(.any), "what the certificates have in common, as it was asked for"),
            APIField("endedAt", .nullable(.time))))

    /// One certificate of a mass replacement.
    static let incidentItem = APISchema.named(
        "IncidentItem",
        .answer(
            APIField("serialNumber", .string), APIField("template", .string), APIField("userPrincipalName", .string),
            APIField("state", .word(IncidentItem.State.allCases.map(\.rawValue))),
            APIField("reason", .nullable(.string)),
            APIField("mailboxProof", .word(IncidentItem.Proof.allCases.map(\.rawValue))),
            APIField("wave", .nullable(.integer())), APIField("begunAt", .nullable(.time)),
            APIField("deliveredAt", .nullable(.time)), APIField("changedAt", .nullable(.time)),
            APIField("successor", .nullable(.count), "number of its order")))

    static let incidentForecast = APISchema.named(
        "IncidentForecast",
        .answer(APIField("end", .nullable(.time)), APIField("perHour", .number), APIField("boundBy", .string)))

    private static let incidentFields = [
        APIField("incident", .incidentTerms), APIField("certificates", .count), APIField("people", .count),
        APIField("begun", .count), APIField("replaced", .count), APIField("revoked", .count),
        APIField("counts", .map(.count)), APIField("waveNow", .nullable(.integer())),
        APIField("forecast", .nullable(.incidentForecast)),
        APIField("neededPerHour", .nullable(.number)), APIField("inTime", .nullable(.boolean)),
        APIField("problems", .list(.string)), .actions,
    ]

    public static let incident = APISchema.named("Incident", .object(incidentFields, isClosed: false))

    public static let incidentDetails = APISchema.named(
        "IncidentDetails",
        .object(
            incidentFields + [
                APIField("items", .list(.incidentItem, count: 0...1_000_000)),
                APIField(
                    "course", .list(.answer(APIField("at", .time), APIField("left", .count))),
                    "how many certificates were without a successor in use when, at most 201 moments"),
                APIField(
                    "events",
                    .list(
                        .answer(
                            APIField("at", .time), APIField("kind", .string), APIField("by", .string),
                            APIField("message", .string)))),
            ], isClosed: false))
}
