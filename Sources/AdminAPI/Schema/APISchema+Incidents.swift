// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension APISchema {
    private static let incidentFields = [
        APIField("incident", .any), APIField("certificates", .count), APIField("people", .count),
        APIField("begun", .count), APIField("replaced", .count), APIField("revoked", .count),
        APIField("counts", .map(.count)), APIField("waveNow", .nullable(.integer())), APIField("forecast", .any),
        APIField("neededPerHour", .nullable(.number)), APIField("inTime", .nullable(.boolean)),
        APIField("problems", .list(.string)), .actions,
    ]

    public static let incident = APISchema.named("Incident", .object(incidentFields, isClosed: false))

    public static let incidentDetails = APISchema.named(
        "IncidentDetails",
        .object(
            incidentFields + [
                APIField("items", .list(.any, count: 0...1_000_000)), APIField("events", .list(.any)),
            ], isClosed: false))
}
