// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Publication
import Settings

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
            "listDirectories", .get, "/directories", tag: "Certificates",
            "Directories, with how many certificates stand there in which state", permission: .readCertificates,
            answer: .list(of: .directory)
        ) { call in
            try call.whole(try await call.publications.standing().map(\.json))
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
                                APIField("problem", .nullable(.string), "why nothing can be told"),
                                APIField("lastFailure", .nullable(.string), "why the last attempt did not succeed"))),
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
        APIOperation(
            "writePublicationScript", .post, "/publication-scripts", tag: "Certificates",
            "Cmdlets that do by hand what is still to be done in a directory of kind exchange; changes nothing there",
            permission: .redeliver, parameters: [directory], answer: .json(.answer(APIField("script", .string)))
        ) { call in
            .json(["script": .string(try await call.publications.script(call.text("directory")))])
        },
    ]
}

extension APICall {
    fileprivate var publications: PublicationAdministration { PublicationAdministration(gateway, caller: caller) }
}

extension APISchema {
    static let directory = APISchema.named(
        "Directory",
        .answer(
            APIField("name", .string),
            APIField(
                "kind", .nullable(.word(CertificateDirectoryConfiguration.Kind.allCases.map(\.rawValue))),
                "null for one that is not configured any more"),
            APIField("templates", .list(.string), "whose certificates are to be found there"),
            APIField(
                "counts",
                .object(
                    PublicationRecord.State.allCases.map { APIField($0.rawValue, .count) }, isClosed: false),
                "certificates by state")))

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
