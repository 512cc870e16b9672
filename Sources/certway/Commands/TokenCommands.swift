// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Secrets
import Settings
import SignIn
import Store
import YAMLDocuments

/// `certway token`: tokens for the API and for the console without a tenant.
enum TokenCommands {
    static let command = Command(
        "token", "tokens for the API, and for the console without a tenant",
        discussion: """
            A token stands for a role. It is shown once and stored as its SHA-256: keep it like a password. Programs send it as
            'Authorization: Bearer cwt_...'; people put it into the sign-in page where no tenant signs them in.
            """,
        examples: [("certway token create --role auditor --name reports", "a token for a program that reads")],
        subcommands: [create, list, revoke, bootstrap])

    private static let roles = Role.allCases.filter { $0 != .employee }.map(\.rawValue)

    private static let create = Command(
        "create", "make a token, and show it once",
        options: [
            .choice("role", roles, "what it may (required)"),
            .value("name", "TEXT", "what it is for; no two valid ones have the same name (required)"),
            .value("valid-for", "DURATION", "how long it is good, such as 12h or 365d", default: "90d"),
            .flag("dry-run", "check, and make none"),
        ],
        examples: [
            (
                "certway token create --role auditor --name year-end --valid-for 30d",
                "the token is the only line of the output"
            )
        ]
    ) { invocation in
        guard let role = invocation.value("role").flatMap(Role.init) else {
            throw UsageError("--role is missing", path: invocation.path)
        }
        guard let name = invocation.value("name") else {
            throw UsageError("--name is missing", path: invocation.path)
        }
        let text = invocation.value("valid-for") ?? "90d"
        guard let lifetime = Duration(text: text) else {
            throw UsageError(
                "--valid-for: found \"\(text)\", expected a duration such as 12h or 90d", path: invocation.path)
        }
        let store = try await GatewayStore.open(invocation.home)
        let made = try await TokenAdministration(store, caller: invocation.caller).create(
            name: name, role: role, validFor: Double(lifetime.components.seconds),
            isDryRun: invocation.flag("dry-run"))
        guard let made else {
            Terminal.complain("nothing was made (--dry-run)")
            return .done
        }
        show(made.secret, made.token, store, invocation)
        return .done
    }

    private static let list = Command(
        "list", "tokens, the newest first, without their secrets",
        options: [
            .flag("all", "also those that have ended"),
            .choice("output", ["table", "json", "csv"], "how it is printed", default: "table"),
        ],
        examples: [("certway token list --all", "also those that were revoked, and by whom")]
    ) { invocation in
        let store = try await GatewayStore.open(invocation.home)
        let now = store.ledger.clock.now()
        let all = try await TokenAdministration(store, caller: invocation.caller).list()
        let tokens = all.filter { invocation.flag("all") || $0.state(at: now) == .valid }
        let table = ItemList<APIToken>(
            none: "no tokens", each: { $0.json(at: now) },
            [
                ListColumn("ID", "id") { "\($0.id)" },
                ListColumn(.short("NAME", 12), "name") { $0.name },
                ListColumn("ROLE", "role") { $0.role.rawValue },
                ListColumn("STATE", "state") { $0.state(at: now).rawValue },
                ListColumn("EXPIRES", "expiresAt") { $0.endsAt.ISO8601Format() },
                ListColumn("USED", "usedAt") { $0.usedAt?.ISO8601Format() ?? "" },
                ListColumn(.short("BY", 8, 1), "createdBy") { $0.createdBy },
            ])
        table.show(ListPage(whole: tokens), invocation)
        return .done
    }

    private static let revoke = Command(
        "revoke", "make a token worthless at once, and end what was signed in with it",
        arguments: [Argument("TOKEN", "id, or name of a valid one")],
        options: [.flag("dry-run", "tell which one it would be")],
        examples: [("certway token revoke reports", "the program that has it gets 401 from now on")]
    ) { invocation in
        let store = try await GatewayStore.open(invocation.home)
        let isDryRun = invocation.flag("dry-run")
        let token = try await TokenAdministration(store, caller: invocation.caller).revoke(
            invocation.requiredWord("TOKEN"), isDryRun: isDryRun)
        if invocation.wantsJSON {
            Terminal.print(json: token.json(at: store.ledger.clock.now()).text)
        } else {
            Terminal.print(
                isDryRun
                    ? "it would be token \(token.id), \(token.name), \(token.role.rawValue); nothing was changed (--dry-run)"
                    : "revoked: token \(token.id), \(token.name)")
        }
        return .done
    }

    private static let bootstrap = Command(
        "bootstrap", "make the token of a first sign-in: an administrator, for one session within an hour",
        discussion: """
            For a gateway whose console nobody can enter yet, because no tenant signs people in or its configuration is wrong. 'certway
            serve' makes one by itself when there is neither sign-in nor token.
            """,
        examples: [("certway token bootstrap", "put it into the sign-in page within an hour")],
        elsewhere: ["dry-run": "'certway token list' shows who could get in already"]
    ) { invocation in
        let store = try await GatewayStore.open(invocation.home)
        let made = try await TokenAdministration(store, caller: invocation.caller).bootstrap()
        show(made.secret, made.token, store, invocation)
        return .done
    }

    /// The secret alone on standard output, for pipes; what it is on standard error.
    private static func show(_ secret: Secret, _ token: APIToken, _ store: GatewayStore, _ invocation: Invocation) {
        if invocation.wantsJSON {
            var json = token.json(at: store.ledger.clock.now())
            json["token"] = .string(secret.revealed)
            Terminal.print(json: json.text)
            return
        }
        Terminal.print("\(secret.revealed)")
        Terminal.complain(
            "certway: token \(token.name), \(token.role.rawValue), until \(token.endsAt.ISO8601Format()); it is not shown again"
        )
    }
}
