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
                    APIField("name", .string), APIField("ok", .boolean), APIField("roots", .list(.rootFinding)),
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
            "checkUnsavedBackendCA", .post, "/backend-cas/checks", tag: "Backend CAs",
            "Ask a CA by values that are not stored: who we are there, and what may be ordered. Nothing is kept",
            permission: .configure,
            body: .body(
                APIField("name", .text(length: 1...64)), APIField("connector", .text(length: 1...64)),
                APIField("environment", .text(length: 1...64), optional: true),
                APIField("endpoint", .text(length: 1...2000), optional: true),
                APIField("acceptedRoots", .text(length: 1...4000), "file on the gateway's machine"),
                APIField("tlsRoots", .text(length: 1...4000), optional: true),
                APIField("settings", .map(.any), "as the connector's profile names them", optional: true)),
            answer: .json(
                .answer(
                    APIField("name", .string), APIField("ok", .boolean), APIField("roots", .list(.rootFinding)),
                    APIField("products", .list(.product), "what the account may order")))
        ) { call in
            .json(
                try await UnsavedBackendCA(call.gateway).check(
                    call.body ?? [:], by: call.caller, isDryRun: call.isDryRun
                ).json)
        },
        APIOperation(
            "runConformance", .post, "/backend-cas/{name}/conformance-runs", tag: "Backend CAs",
            "Prove what a backend CA of a test environment can do, check by check; not at production",
            permission: .runConformance, parameters: [.path("name", "name of the backend CA")],
            body: .body(
                APIField("template", .text(length: 1...400), "order what this template orders", optional: true),
                APIField(
                    "only", .list(.text(length: 1...100), count: 1...200), "ids of checks, or their beginnings",
                    optional: true),
                APIField("orders", .integer(0...10_000), "orders at most; none when left out", optional: true),
                APIField("domain", .text(length: 1...253), "mail domain to order for", optional: true),
                APIField("userPrincipalName", .text(length: 1...400), "an account that the CA knows", optional: true)),
            answer: .operation, repeats: .keyRequired
        ) { call in
            var wish = ConformanceAdministration.Wish()
            wish.template = call.body?["template"]?.string
            wish.only = (call.body?["only"]?.array ?? []).compactMap(\.string)
            wish.orders = call.bodyInt("orders") ?? 0
            wish.domain = call.body?["domain"]?.string
            wish.userPrincipalName = call.body?["userPrincipalName"]?.string
            let run = try await ConformanceAdministration(call.gateway, caller: call.caller)
                .prepare(call.path("name"), wish)
            // Also what would be done is work with a result: its checks.
            guard !call.isDryRun else {
                return try await call.runner.start("list checks", call, of: 1) { _ in run.json }
            }
            return try await call.runner.start("conformance of \(call.path("name").prefix(40))", call, of: run.checks) {
                progress in try await run.execute { progress.show($0, of: $1) }
            }
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
            let problems = try await ConnectorAdministration(call.gateway.profiles).validate(
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
            "Look at everything the gateway depends on; what is found stays for GET /services",
            permission: .checkServices, answer: .operation
        ) { call in
            // What would be done is work with a result: nothing is asked, so nothing is found.
            guard !call.isDryRun else {
                return try await call.runner.start("check services", call, of: 1) { _ in ["dryRun": true] }
            }
            return try await call.runner.start("check services", call, of: 1) { _ in
                try await ServiceAdministration(call.gateway).examine()
            }
        },
        APIOperation(
            "verifyAudit", .post, "/audit-verifications", tag: "Audit",
            "Walk the whole chain of audit records, and compare it with the hash of a record that was kept elsewhere",
            permission: .verifyAudit,
            body: .body(
                APIField(
                    "against", .text(length: 64...64), "hash of a record that somebody has kept", optional: true)),
            answer: .operation
        ) { call in
            // Refused before the work begins, and not by it.
            try await Entrance(call.caller, call.gateway.ledger.audit).require(.verifyAudit, for: "verifyAudit")
            let hash = call.body?["against"]?.string
            guard !call.isDryRun else {
                return try await call.runner.start("verify the audit trail", call, of: 1) { _ in ["dryRun": true] }
            }
            return try await call.runner.start("verify the audit trail", call, of: 1) { progress in
                try await AuditAdministration(call.gateway.store).verify(for: call.caller, hash: hash) {
                    progress.show(Int($0), of: Int($1))
                }.json
            }
        },
    ]
}
