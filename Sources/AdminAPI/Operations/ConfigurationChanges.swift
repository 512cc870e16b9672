// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Settings

extension APIOperation {
    /// The configuration as one document.
    static let configurationChanges = [
        APIOperation(
            "getConfiguration", .get, "/configuration", tag: "Settings", "The configuration as YAML",
            permission: .readSettings, answer: .bytes(type: "application/yaml")
        ) { call in
            let text = try await call.configurationAdministration.export()
            var answer = APIAnswer.bytes(Array(text.utf8), type: "application/yaml")
            answer.version = try await "\(call.gateway.revision)"
            return answer
        },
        APIOperation(
            "putConfiguration", .put, "/configuration", tag: "Settings",
            "Store the configuration: dryRun says what would change. What the document leaves out of its own sections is "
                + "removed", permission: .configure,
            parameters: [
                .flag("keep", "leave named parts that the document's sections do not have as they are"),
                .flag("leaveOpenOrders", "orders at a CA that the document takes away or points elsewhere are held"),
                .flag("undoSwitches", "templates may go back to the CA that a switch has taken them from"),
            ], body: .text(length: 1...1_000_000), bodyType: "application/yaml",
            answer: .json(
                .answer(
                    .isDryRun, APIField("changes", .list(.configurationChange)), APIField("warnings", .list(.string)),
                    APIField("stranded", .list(.string), "orders that are left behind"),
                    APIField("revision", .string, "for the next If-Match"))),
            version: { "\(try await $0.gateway.revision)" }
        ) { call in
            let result = try await call.configurationAdministration.apply(
                call.body?.string ?? "", file: "the document", prunes: !(call.flag("keep") ?? false),
                leavesOpenOrders: call.flag("leaveOpenOrders") ?? false,
                undoesSwitches: call.flag("undoSwitches") ?? false, at: call.version.flatMap { Int64($0) },
                isDryRun: call.isDryRun)
            let revision = try await "\(call.gateway.revision)"
            return .json(
                [
                    "dryRun": .bool(call.isDryRun), "changes": result.json, "warnings": JSONValue(result.warnings),
                    "stranded": JSONValue(result.stranded.map(\.refusal)), "revision": .string(revision),
                ], version: revision)
        },
    ]
}

extension APICall {
    fileprivate var configurationAdministration: ConfigurationAdministration {
        ConfigurationAdministration(gateway.home, gateway.profiles, caller: caller)
    }
}
