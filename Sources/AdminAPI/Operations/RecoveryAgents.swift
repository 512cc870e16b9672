// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments

extension APIOperation {
    /// Who can open the archive, and encrypting it for others.
    static let recoveryAgents = [
        APIOperation(
            "listRecoveryAgents", .get, "/key-recovery-agents", tag: "Recovery",
            "Who can open archived keys, by the configuration", permission: .readRecoveries,
            answer: .list(of: .recoveryAgent)
        ) { call in
            let administration = RecoveryAdministration(call.gateway, caller: call.caller)
            return try call.whole(try await administration.agents().map(\.json))
        },
        APIOperation(
            "rewrapKeys", .post, "/key-rewraps", tag: "Recovery",
            "Encrypt the archive for other agents of the configuration, by a present agent whose key the gateway may use; private keys "
                + "stay encrypted, and what is done stays done. The operation's result says how many were encrypted anew and how many each "
                + "other agent opens still; with dryRun, how many that would be",
            permission: .requestRecovery,
            body: .body(
                APIField(
                    "to", .list(.text(length: 1...100), count: 1...20),
                    "names of agents: all who can open from then on"),
                APIField(
                    "agent", .text(length: 1...100),
                    "who opens, of the configuration; the first that can when left out", optional: true)),
            answer: .operation, repeats: .keyRequired
        ) { call in
            let administration = RecoveryAdministration(call.gateway, caller: call.caller)
            try await Entrance(call.caller, call.gateway.ledger.audit).require(.requestRecovery, for: "rewrapKeys")
            let names = (call.body?["to"]?.array ?? []).compactMap(\.string)
            let (agent, isDryRun) = (call.body?["agent"]?.string, call.isDryRun)
            return try await call.runner.start("rewrap", call, of: 1) { progress in
                try await administration.rewrap(to: names, agent: agent, isDryRun: isDryRun) {
                    progress.show($0, of: $1)
                }.json
            }
        },
    ]
}

extension APISchema {
    static let recoveryAgent = APISchema.named(
        "RecoveryAgent",
        .answer(
            APIField("name", .string), APIField("subject", .nullable(.string)),
            APIField("notAfter", .nullable(.time)), APIField("sha256Fingerprint", .nullable(.string)),
            APIField("usable", .boolean, "whether the gateway may use the private key"),
            APIField("templates", .list(.string), "that archive for the agent"),
            APIField("problem", .nullable(.string), "why the certificate cannot be read")))
}
