// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Settings

extension APIOperation {
    /// The first run, from an empty database to the first delivered certificate.
    static let setUp = [
        APIOperation(
            "getSetUp", .get, "/setup", tag: "Set-up", "The steps to the first certificate, and which are done",
            permission: .readSettings, answer: .json(.setUp)
        ) { call in .json(try await SetUpAdministration(call.gateway).json()) },
        APIOperation(
            "changeSetUpStep", .patch, "/setup/steps/{id}", tag: "Set-up",
            "Leave a step out for now, or take it up again", permission: .configure,
            parameters: [
                .path("id", "one of " + SetUpStep.allCases.map(\.rawValue).joined(separator: ", "))
            ], body: .body(APIField("skipped", .boolean)), answer: .json(.setUp)
        ) { call in
            let administration = SetUpAdministration(call.gateway)
            _ = try await administration.skip(
                call.path("id"), call.bodyFlag("skipped"), by: call.caller, isDryRun: call.isDryRun)
            return .json(try await administration.json())
        },
        APIOperation(
            "makeLocalAuthority", .post, "/local-authorities", tag: "Set-up",
            "Make a CA of one's own in the gateway's folder; it is configured as a backend CA afterwards",
            permission: .configure,
            body: .body(
                APIField(
                    "name",
                    .matching(pattern: "^[a-z0-9][a-z0-9-]{0,39}$", "1 to 40 small letters, digits and -, no - first")),
                APIField("commonName", .text(length: 1...64), "of the issuing CA"),
                APIField(
                    "passphrase", .text(length: 1...400), "a reference to the passphrase of its key", optional: true)),
            answer: .json(
                .answer(
                    APIField("connector", .string), APIField("folder", .string),
                    APIField("rootFolder", .string, "with the root's key; belongs offline"),
                    APIField("acceptedRoots", .string),
                    APIField(
                        "certificates",
                        .list(
                            .answer(
                                APIField("subject", .string), APIField("serialNumber", .string),
                                APIField("notAfter", .time))), "issuing CA and root")))
        ) { call in
            var passphrase: SecretReference?
            if let text = call.body?["passphrase"]?.string {
                passphrase = SecretReference(text)
                guard passphrase != nil else {
                    throw APIProblem.invalid([APIFault("/passphrase", SecretReference.expectation)], 422)
                }
            }
            return .json(
                try await LocalAuthorityAdministration(call.gateway).make(
                    call.body?["name"]?.string ?? "", commonName: call.body?["commonName"]?.string ?? "",
                    passphrase: passphrase, by: call.caller, isDryRun: call.isDryRun
                ).json)
        },
    ]
}

extension APISchema {
    static let setUp = APISchema.named(
        "SetUp",
        .answer(
            APIField(
                "steps",
                .list(
                    .answer(
                        APIField("id", .word(SetUpStep.allCases.map(\.rawValue))),
                        APIField("state", .word(SetUpStanding.State.allCases.map(\.rawValue))),
                        APIField("text", .string, "what there is, or what is missing"), APIField("meaning", .string),
                        APIField("command", .string, "does or shows the same")))),
            APIField("current", .nullable(.string), "the step to go on with; null when all is done or left out"),
            APIField("done", .count), APIField("of", .count),
            APIField("secretFolder", .string, "where secrets and certificates lie that are named from here")))
}
