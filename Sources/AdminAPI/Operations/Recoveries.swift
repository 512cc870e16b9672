// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Ledger
import Recoveries
import Secrets

extension APIOperation {
    private static let recovery = APIParameter.path("id", "number of the recovery, such as R-19")

    /// Archived keys: recoveries, and whether the archive opens.
    static let recoveries =
        [
            APIOperation(
                "listRecoveries", .get, "/recoveries", tag: "Recovery", "Recoveries of archived keys, newest first",
                permission: .readRecoveries,
                parameters: [
                    .anyOf("state", "only these states", .word(Recovery.State.allCases.map(\.rawValue)))
                ],
                answer: .list(
                    of: .recovery,
                    sorts: [
                        ("number", "number"), ("state", "state"), ("userPrincipalName", "user"), ("requestedBy", "by"),
                    ])
            ) { call in
                let page = try await call.recoveries.list(
                    states: call.words("state", as: Recovery.State.self), try call.listRequest())
                return try call.page(page) { call.json($0) }
            },
            APIOperation(
                "requestRecovery", .post, "/recoveries", tag: "Recovery",
                "Ask for the recovery of one key, for a purpose that the owner is told", permission: .requestRecovery,
                body: .body(
                    APIField(
                        "certificate", .text(length: 1...200),
                        "serial number or fingerprint of the certificate that the key belongs to, whole or its beginning, or what else means one alone"
                    ),
                    APIField("purpose", .text(length: 1...500), "why, for the record and for the owner")),
                answer: .json(.oneOf([.recovery, .recoveryCheck])), repeats: .keyRequired
            ) { call in
                let made = try await call.recoveries.request(
                    call.body?["certificate"]?.string ?? "", purpose: call.body?["purpose"]?.string ?? "",
                    isDryRun: call.isDryRun)
                guard let made else {
                    return .json([
                        "possible": true, "approvals": JSONValue(call.gateway.configuration.recovery.approvals),
                    ])
                }
                return .json(call.json(made))
            },
            APIOperation(
                "getRecovery", .get, "/recoveries/{id}", tag: "Recovery", "One recovery, and what can be done with it",
                permission: .readRecoveries, parameters: [recovery], answer: .json(.recovery)
            ) { call in .json(call.json(try await call.recoveries.show(call.path("id")))) },
            APIOperation(
                "decideRecovery", .post, "/recoveries/{id}/approvals", tag: "Recovery",
                "Agree to somebody else's recovery as the second person, or refuse it", permission: .approveRecovery,
                parameters: [recovery],
                body: .body(
                    APIField("decision", .word(["approve", "deny"])),
                    APIField("because", .text(length: 1...500), "why, for the record")),
                answer: .json(.recovery), repeats: .keyRequired
            ) { call in
                .json(
                    call.json(
                        try await call.recoveries.decide(
                            call.path("id"), approve: call.body?["decision"]?.string == "approve",
                            because: call.body?["because"]?.string ?? "", isDryRun: call.isDryRun)))
            },
            APIOperation(
                "fetchRecoveredKey", .post, "/recoveries/{id}/package", tag: "Recovery",
                "The key of an approved recovery as PKCS #12, once; its password goes another way",
                permission: .requestRecovery, parameters: [recovery],
                body: .body(
                    APIField(
                        "agent", .text(length: 1...100),
                        "agent of the configuration; the first that can be used when left out", optional: true)),
                answer: .json(.recoveredPackage)
            ) { call in
                guard !call.isDryRun else { throw APIProblem.onlyOnce }
                return .json(
                    try await call.recoveries.fetch(call.path("id"), agent: call.body?["agent"]?.string).json(
                        at: call.now))
            },
            APIOperation(
                "fetchRecoveryPassword", .post, "/recoveries/{id}/password", tag: "Recovery",
                "The password of a file that was fetched, once, for the one it is for", permission: .requestRecovery,
                parameters: [recovery], answer: .json(.recoveryPassword)
            ) { call in
                guard !call.isDryRun else { throw APIProblem.onlyOnce }
                return .json(["password": .string(try await call.recoveries.password(call.path("id")).revealed)])
            },
        ] + drills + recoveryAgents + ownRecoveries

    private static let drills = [
        APIOperation(
            "listKeyDrills", .get, "/key-drills", tag: "Recovery",
            "When the archive was opened to see whether it opens, and what came of it", permission: .readRecoveries,
            answer: .list(of: .keyDrill)
        ) { call in
            try call.page(try await call.recoveries.drills(try call.listRequest()), \.json)
        },
        APIOperation(
            "drillKeys", .post, "/key-drills", tag: "Recovery",
            "Open archived keys to see whether they open; none is handed out", permission: .requestRecovery,
            body: .body(
                APIField("sample", .integer(1...10_000_000), "how many, by chance; all when left out", optional: true),
                APIField("agent", .text(length: 1...100), "agent of the configuration", optional: true)),
            answer: .operation
        ) { call in
            let administration = call.recoveries
            try await Entrance(call.caller, call.gateway.ledger.audit).require(.requestRecovery, for: "drillKeys")
            let (sample, agent) = (call.body?["sample"]?.int, call.body?["agent"]?.string)
            return try await call.runner.start("drill", call, of: sample ?? 1) { progress in
                try await administration.drill(sample: sample, agent: agent) { progress.show($0, of: $1) }.json
            }
        },
    ]

    private static let ownRecoveries = [
        APIOperation(
            "recoverOwnKey", .post, "/my/recoveries", tag: "My",
            "The key of a former certificate of mine as a file, after a sign-in that is new; its password is asked for next",
            permission: .recoverOwn,
            body: .body(APIField("number", .count, "of the certificate")), answer: .json(.recoveredPackage)
        ) { call in
            guard !call.isDryRun else { throw APIProblem.onlyOnce }
            let number = Int64(call.body?["number"]?.int ?? -1)
            return .json(
                try await call.recoveries.recoverOwn(
                    number, authenticatedAt: call.authentication?.authenticatedAt
                ).json(at: call.now))
        },
        APIOperation(
            "fetchOwnPassword", .post, "/my/recoveries/{id}/password", tag: "My",
            "The password of a file of mine that I have fetched, once", permission: .recoverOwn,
            parameters: [recovery], answer: .json(.recoveryPassword)
        ) { call in
            guard !call.isDryRun else { throw APIProblem.onlyOnce }
            return .json(["password": .string(try await call.recoveries.ownPassword(call.path("id")).revealed)])
        },
    ]
}

extension APICall {
    fileprivate var recoveries: RecoveryAdministration { RecoveryAdministration(gateway, caller: caller) }

    fileprivate func json(_ recovery: Recovery) -> JSONValue {
        var value = recovery.json(at: now)
        value["actions"] = recoveries.actions(of: recovery).json
        return value
    }
}

extension APIProblem {
    /// What is handed out once has no trial.
    static let onlyOnce = APIProblem.conflict(
        "what is handed out once cannot be tried", code: .notPossible)
}

extension APISchema {
    private static let approvals = APISchema.answer(APIField("of", .count), APIField("given", .count))

    static let recovery = APISchema.named(
        "Recovery",
        .answer(
            APIField("id", .string), APIField("number", .count),
            APIField("kind", .word(Recovery.Kind.allCases.map(\.rawValue))),
            APIField("state", .word(Recovery.State.allCases.map(\.rawValue))), APIField("certificate", .count),
            APIField("serialNumber", .string), APIField("userPrincipalName", .string),
            APIField("requestedBy", .string), APIField("purpose", .string), APIField("approvals", approvals),
            APIField("createdAt", .time), APIField("lapsesAt", .time),
            APIField(
                "decision",
                .nullable(
                    .answer(
                        APIField("by", .string), APIField("at", .nullable(.time)), APIField("because", .string)))),
            APIField("fetchedAt", .nullable(.time)), APIField("agent", .nullable(.string)),
            APIField("agentFingerprint", .nullable(.string)), APIField("passwordFor", .string),
            APIField("actions", .list(.action), optional: true)))

    static let recoveryCheck = APISchema.named(
        "RecoveryCheck", .answer(APIField("possible", .boolean), APIField("approvals", .count)))

    static let recoveredPackage = APISchema.named(
        "RecoveredPackage",
        .answer(
            APIField("recovery", .recovery), APIField("fileName", .string),
            APIField("content", .string, "PKCS #12 in Base64")))

    static let recoveryPassword = APISchema.named("RecoveryPassword", .answer(APIField("password", .string)))

    static let keyDrill = APISchema.named(
        "KeyDrill",
        .answer(
            APIField("at", .time), APIField("by", .string), APIField("agent", .string),
            APIField("agentFingerprint", .string), APIField("archived", .count), APIField("sampled", .count),
            APIField("opened", .count), APIField("good", .boolean),
            APIField(
                "failures",
                .list(
                    .answer(
                        APIField("serialNumber", .string), APIField("userPrincipalName", .string),
                        APIField("reason", .string))))))
}
