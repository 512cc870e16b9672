// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Publication

extension APIOperation {
    private static let directory = APIParameter.query("directory", "only this directory")

    /// Where others find certificates.
    static let publications = [
        APIOperation(
            "listPublications", .get, "/publications", tag: "Certificates",
            "What is to be found in which directory, and what was seen there", permission: .readCertificates,
            parameters: [
                .anyOf("state", "only these", .word(PublicationRecord.State.allCases.map(\.rawValue))), directory,
                .query("user", "beginning of a user principal name, or an object id"),
            ],
            answer: .list(
                of: .publication,
                sorts: [
                    ("certificate", "number"), ("userPrincipalName", "user"), ("directory", "directory"),
                    ("state", "state"), ("since", "since"),
                ])
        ) { call in
            var filter = PublicationFilter()
            filter.place = call.text("directory")
            filter.person = call.text("user")
            let states = (call.query["state"] ?? []).compactMap(PublicationRecord.State.init)
            filter.states = states.isEmpty ? nil : Set(states)
            return try call.page(try await call.publications.list(filter, try call.listRequest()), \.json)
        },
        APIOperation(
            "checkDirectories", .post, "/publication-checks", tag: "Certificates",
            "Ask the directories whether they let themselves be searched; changes nothing", permission: .checkServices,
            parameters: [directory],
            answer: .json(
                .answer(
                    APIField(
                        "items",
                        .list(
                            .answer(
                                APIField("directory", .string), APIField("ok", .boolean), APIField("finding", .string)))
                    )))
        ) { call in
            .json(["items": .array(call.isDryRun ? [] : try await call.publications.check(call.text("directory")))])
        },
        APIOperation(
            "repairPublications", .post, "/publication-repairs", tag: "Certificates",
            "Look at the directories at once and put them right; with dryRun, what would be changed",
            permission: .redeliver,
            parameters: [directory],
            answer: .json(
                .answer(
                    .isDryRun, APIField("certificates", .count, "how many are looked at"),

                    APIField(
                        "differences",
                        .list(
                            .answer(
                                APIField("directory", .string), APIField("userPrincipalName", .string),
                                APIField("adds", .list(.string)), APIField("removes", .list(.string)),
                                APIField("problem", .nullable(.string)))),
                        "what would be changed; of a dry run alone")))
        ) { call in
            if call.isDryRun {
                let found = try await call.publications.differences(call.text("directory"))
                return .json([
                    "dryRun": true, "certificates": JSONValue(found.count), "differences": .array(found.map(\.json)),
                ])
            }
            let count = try await call.publications.repair(call.text("directory"))
            return .json(["dryRun": false, "certificates": JSONValue(count), "differences": []])
        },
    ]
}

extension APICall {
    fileprivate var publications: PublicationAdministration { PublicationAdministration(gateway, caller: caller) }
}

extension APISchema {
    static let publication = APISchema.named(
        "Publication",
        .answer(
            APIField("certificate", .count), APIField("serialNumber", .string),
            APIField("userPrincipalName", .string), APIField("template", .string), APIField("directory", .string),
            APIField("state", .word(PublicationRecord.State.allCases.map(\.rawValue))), APIField("wanted", .boolean),
            APIField("actual", .word(PublicationRecord.Actual.allCases.map(\.rawValue))),
            APIField("verified", .boolean),
            APIField("since", .time), APIField("checkedAt", .nullable(.time)),
            APIField("nextActionAt", .nullable(.time)), APIField("problemKind", .nullable(.string)),
            APIField("problem", .nullable(.string))))
}
