// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Drift
import JSONDocuments

extension APIOperation {
    private static let sources = APIField(
        "sources", .list(.word(DriftSource.allCases.map(\.rawValue)), count: 0...20),
        "only these; all when left out", optional: true)
    private static let kinds = APIField(
        "kinds", .list(.word(DriftKind.allCases.map(\.rawValue)), count: 0...100), "only these", optional: true)

    /// What ledger and world say differently.
    static let drift = [
        APIOperation(
            "getDrift", .get, "/drift", tag: "Services",
            "What CAs, Intune, directory and address lists held otherwise than the ledger when everything was compared last",
            permission: .readServices,
            answer: .json(
                .named(
                    "Drift",
                    .answer(
                        APIField("report", .nullable(.driftReport)),
                        APIField("schedule", .driftSchedule, "when the service compares everything by itself"))))
        ) { call in
            .json(["report": try await call.drift.last() ?? .null, "schedule": try await call.drift.schedule().json])
        },
        APIOperation(
            "reportDrift", .post, "/drift-reports", tag: "Services",
            "Compare ledger and world; changes nothing there, and is refused while another comparison runs. The operation's result is the "
                + "report; that on everything is kept for GET /drift",
            permission: .checkServices, body: .body(sources, kinds), answer: .operation
        ) { call in
            let wish = call.driftWish
            // What would be done is work with a result: nothing is asked, so nothing is found.
            guard !call.isDryRun else {
                return try await call.runner.start("report drift", call, of: 1) { _ in ["dryRun": true] }
            }
            let count = DriftSource.allCases.count
            return try await call.runner.start("report drift", call, of: count) { progress in
                try await call.drift.report(wish) { source, _ in
                    progress.show(DriftSource.allCases.firstIndex(of: source) ?? 0, of: count)
                }.json(most: DriftAdministration.most)
            }
        },
        APIOperation(
            "repairDrift", .post, "/drift-repairs", tag: "Services",
            "Compare anew and mend what is named, each by the operation that there is for one certificate, with its rights, limits and "
                + "records; with dryRun, what would be done. The operation's result says what became of each, of \(DriftAdministration.most) at "
                + "most, and the numbers of all",
            permission: .runJobs,
            body: .body(
                sources, kinds,
                APIField(
                    "ids", .list(.text(length: 1...40), count: 0...1000), "only these findings, as a report names them",
                    optional: true),
                APIField(
                    "expect", .count, "as many as the dry run has found (total); with others nothing is done",
                    optional: true)), answer: .operation, repeats: .keyRequired
        ) { call in
            let (wish, isDryRun, expected) = (call.driftWish, call.isDryRun, call.bodyInt("expect"))
            let count = DriftSource.allCases.count
            try DriftAdministration.requireNames(wish)
            return try await call.runner.start("repair drift", call, of: count) { progress in
                try await call.drift.repair(wish, expected: expected, isDryRun: isDryRun) { source, _ in
                    progress.show(DriftSource.allCases.firstIndex(of: source) ?? 0, of: count)
                }.json(most: DriftAdministration.most)
            }
        },
    ]
}

extension APICall {
    fileprivate var drift: DriftAdministration { DriftAdministration(gateway, caller: caller) }

    fileprivate var driftWish: DriftWish {
        func words(_ member: String) -> [String] { (body?[member]?.array ?? []).compactMap(\.string) }
        return DriftWish(
            sources: Set(words("sources").compactMap(DriftSource.init)),
            kinds: Set(words("kinds").compactMap(DriftKind.init)), ids: Set(words("ids")))
    }
}

extension APISchema {
    private static let kind = APIField("kind", .word(DriftKind.allCases.map(\.rawValue)))
    private static let severity = APIField("severity", .word(DriftSeverity.allCases.map(\.rawValue)))
    private static let repair = APIField("repair", .word(DriftRepair.allCases.map(\.rawValue)))

    fileprivate static let driftSchedule = APISchema.answer(
        APIField("every", .nullable(.string), "limits.driftEvery; null for never by itself"),
        APIField("lastRun", .nullable(.job), "of the service"), APIField("paused", .boolean),
        APIField("running", .boolean, "whether a comparison runs now, whoever has asked for it"))

    fileprivate static let driftReport = APISchema.answer(
        APIField("readAt", .time), APIField("whole", .boolean, "whether everything that can be compared was"),
        APIField("total", .count),
        APIField(
            "places",
            .list(
                .answer(
                    APIField("source", .word(DriftSource.allCases.map(\.rawValue))), APIField("title", .string),
                    APIField("name", .string, "of a backend CA or directory"), APIField("compared", .boolean),
                    APIField("possible", .boolean, "false where there is nothing to compare with"),
                    APIField("reason", .nullable(.string), "why it was not compared"),
                    APIField("gaps", .list(.string), "what of it could not be read"))),
            "what was looked at"),
        APIField(
            "kinds",
            .list(
                .answer(
                    kind, severity, APIField("sentence", .string), APIField("count", .count),
                    APIField("waiting", .count, "of which nothing is to be mended, yet or at all"), repair,
                    APIField("remedy", .string)))),
        APIField(
            "findings",
            .list(
                .answer(
                    APIField("id", .string, "the same whenever it is found"), kind,
                    APIField("source", .word(DriftSource.allCases.map(\.rawValue))), severity,
                    APIField("place", .string), APIField("certificate", .nullable(.count)),
                    APIField("serialNumber", .nullable(.string)), APIField("userPrincipalName", .nullable(.string)),
                    APIField("template", .nullable(.string)), APIField("sentence", .string),
                    APIField("detail", .string), APIField("cause", .string), repair, APIField("remedy", .string))),
            "the gravest first, \(DriftAdministration.most) at most"))
}
