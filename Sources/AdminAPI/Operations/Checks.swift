// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments

extension APIOperation {
    /// Looks at things by asking others; they change nothing.
    static let checks = [
        APIOperation(
            "checkBackendCA", .post, "/backend-cas/{name}/checks", tag: "Backend CAs",
            "Ask a backend CA who we are there, and look whether what it issues would be accepted",
            permission: .checkBackendCA, parameters: [.path("name", "name of the backend CA")],
            answer: .json(
                .answer(
                    APIField("name", .string), APIField("ok", .boolean), APIField("roots", .list(.any)),
                    APIField("configuration", .list(.string), "what is wrong with its configuration")))
        ) { call in
            let administration = BackendCAAdministration(call.gateway)
            _ = try administration.ready(call.path("name"))
            guard !call.isDryRun else {
                return .json(["name": .string(call.path("name")), "ok": true, "roots": [], "configuration": []])
            }
            return .json(await administration.check(call.path("name")).json)
        },
        APIOperation(
            "validateConnector", .post, "/connector-validations", tag: "Connectors",
            "Find everything wrong with the text of a connector profile, with line and key path",
            permission: .validateConnector,
            body: .body(
                APIField("text", .text(length: 1...500_000), "YAML"),
                APIField("try", .boolean, "also run its programs with sample values", optional: true)),
            answer: .json(
                .answer(
                    APIField("valid", .boolean),
                    APIField(
                        "problems",
                        .list(
                            .answer(
                                APIField("keyPath", .string), APIField("message", .string),
                                APIField("line", .nullable(.count)), APIField("column", .nullable(.count)),
                                APIField("hint", .nullable(.string)))))))
        ) { call in
            let problems = ConnectorAdministration(call.gateway.profiles).validate(
                text: call.body?["text"]?.string ?? "", tries: call.bodyFlag("try"))
            return .json([
                "valid": .bool(problems.isEmpty),
                "problems": .array(
                    problems.map { problem in
                        [
                            "keyPath": .string(problem.keyPath), "message": .string(problem.message),
                            "line": problem.line.map { JSONValue($0) } ?? .null,
                            "column": problem.column.map { JSONValue($0) } ?? .null, "hint": JSONValue(problem.hint),
                        ]
                    }),
            ])
        },
        APIOperation(
            "checkServices", .post, "/service-checks", tag: "Services",
            "Look at everything the gateway depends on; takes as long as the slowest service",
            permission: .checkServices,
            answer: .json(.answer(APIField("findings", .list(.any))))
        ) { call in
            guard !call.isDryRun else { return .json(["findings": []]) }
            return .json(["findings": try await Doctor(call.gateway).examine().json])
        },
        APIOperation(
            "verifyAudit", .post, "/audit-verifications", tag: "Audit",
            "Walk the whole chain of audit records, and compare it with the hash of a record that was kept elsewhere",
            permission: .verifyAudit,
            body: .body(
                APIField(
                    "against", .text(length: 64...64), "hash of a record that somebody has kept", optional: true)),
            answer: .json(
                .answer(
                    APIField("unbroken", .boolean), APIField("records", .count), APIField("last", .any),
                    APIField("kept", .any), APIField("findings", .list(.any)), APIField("findingCount", .count)))
        ) { call in
            .json(
                try await AuditAdministration(call.gateway.store).verify(
                    for: call.caller, hash: call.body?["against"]?.string
                ).json)
        },
    ]
}
