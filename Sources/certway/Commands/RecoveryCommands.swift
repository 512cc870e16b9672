// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import KeyArchival
import Ledger
import PKIX
import Recoveries
import Secrets
import Settings

/// `certway key recovery`: recovery as a process of several steps and, where the configuration wants that, of two people.
enum RecoveryCommands {
    static let command = Command(
        "recovery", "recover archived keys by request, approval and one fetch",
        discussion: """
            A key recovery agent asks with a purpose; where recovery.approvals is 2, another one agrees. Then the one who asked
            fetches the key, once, as a PFX file whose password is fetched apart, once, by whoever agreed. The owner is told of
            each step. Everything is on record, refusals too.
            """,
        examples: [("certway key recovery list --state waiting", "what waits for a second person")],
        subcommands: [request, list, show, approve, deny, fetch, password])

    private static let recovery = Argument("RECOVERY", "number, as 'certway key recovery list' shows it")
    private static let because = Option.value("because", "TEXT", "why, for the record (required)")

    /// An agent's key: of the configuration, or brought along.
    static let agentOptions: [Option] = [
        .value("agent", "NAME", "agent of the configuration, whose key the gateway may use"),
        .value("agent-certificate", "FILE", "PEM file with the agent's certificate, for a key that is brought along"),
        .value("agent-key", "FILE", "PEM or PKCS #12 file with that private key; - for standard input"),
        .value("agent-passphrase", "REF", "its passphrase: env:NAME or file:/path"),
    ]

    private static let request = Command(
        "request", "ask for the recovery of one key",
        arguments: [Argument("CERTIFICATE", "serial number or fingerprint, or the beginning of one")],
        options: [
            .value("purpose", "TEXT", "why, for the record and for the owner (required)"),
            .flag("dry-run", "say whether it is possible, and ask for nothing"),
        ],
        examples: [("certway key recovery request 0C0FFE… --purpose 'court order 12/26'", "begin a recovery")]
    ) { invocation in
        let administration = try await administration(invocation)
        let made = try await administration.request(
            invocation.requiredWord("CERTIFICATE"), purpose: invocation.value("purpose") ?? "",
            isDryRun: invocation.flag("dry-run"))
        guard let made else {
            Terminal.print("the key is archived; its recovery could be asked for (--dry-run)")
            return .done
        }
        say(made, invocation)
        return .done
    }

    private static let list = Command(
        "list", "recoveries, newest first",
        options: [
            .value(
                "state", "STATE",
                "only this state: \(Recovery.State.allCases.map(\.rawValue).joined(separator: ", "))", repeats: true)
        ] + .list(RecoveryBook.sorting),
        examples: [("certway key recovery list --state waiting", "what waits for a second person")]
    ) { invocation in
        let states = try invocation.allValues("state").map { word in
            guard let state = Recovery.State(rawValue: word) else {
                let known = Recovery.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("unknown state \"\(word)\", expected one of \(known)", path: invocation.path)
            }
            return state
        }
        let administration = try await administration(invocation)
        try await invocation.show(recoveries, RecoveryBook.sorting) {
            try await administration.list(states: states.isEmpty ? nil : Set(states), $0)
        }
        return .done
    }

    private static let recoveries = ItemList<Recovery>(
        none: "no recoveries", each: { $0.json(at: Date()) },
        [
            ListColumn("RECOVERY", "id") { "R-\($0.id)" },
            ListColumn("STATE", "state") { $0.state.rawValue },
            ListColumn(.short("KEY OF", 16), "userPrincipalName") { $0.subscriber },
            ListColumn(.short("CERTIFICATE", 12, 3), "serialNumber") { $0.serialNumber },
            ListColumn(.short("BY", 12, 1), "requestedBy") { $0.requester.name },
            ListColumn("AGREED", "approvals") { "\($0.agreed)/\($0.approvals)" },
            ListColumn(.optional("LAPSES", 2), "lapsesAt") { $0.lapsesAt.ISO8601Format() },
            ListColumn(.sentence("PURPOSE", lines: 2), "purpose") { $0.purpose },
        ])

    private static let show = Command(
        "show", "one recovery", arguments: [recovery],
        examples: [("certway key recovery show R-19", "how far is it?")]
    ) { invocation in
        say(try await administration(invocation).show(invocation.requiredWord("RECOVERY")), invocation)
        return .done
    }

    private static let approve = Command(
        "approve", "agree to somebody else's recovery", arguments: [recovery], options: [because],
        examples: [("certway key recovery approve R-19 --because 'order seen'", "as the second person")]
    ) { try await decide($0, approve: true) }

    private static let deny = Command(
        "deny", "refuse somebody else's recovery", arguments: [recovery], options: [because],
        examples: [("certway key recovery deny R-19 --because 'no order was shown'", "and say why")]
    ) { try await decide($0, approve: false) }

    private static func decide(_ invocation: Invocation, approve: Bool) async throws -> ExitStatus {
        say(
            try await administration(invocation).decide(
                invocation.requiredWord("RECOVERY"), approve: approve, because: try required("because", invocation)),
            invocation)
        return .done
    }

    private static let fetch = Command(
        "fetch", "write the key of an approved recovery as a PFX file, once",
        discussion: "The password is not in the output: 'certway key recovery password', for the one it is for.",
        arguments: [recovery], options: agentOptions + [.value("out", "FILE", "file to write; must not exist")],
        examples: [("certway key recovery fetch R-19 --out ada.p12", "with the key in the vault of the configuration")]
    ) { invocation in
        let out = CompleteFile(path: try required("out", invocation))
        guard !FileManager.default.fileExists(atPath: out.path) else {
            throw SettingsError("file \(out.path) exists already; name another with --out", at: .commandLine)
        }
        let package = try await administration(invocation).fetch(
            invocation.requiredWord("RECOVERY"), agent: invocation.value("agent"), opening: try opening(invocation))
        try out.createNew(package.bytes)
        let recovery = package.recovery
        if invocation.wantsJSON {
            Terminal.print(json: recovery.json(at: Date()).text)
        } else {
            Terminal.print(
                "wrote \(out.path) for \(recovery.subscriber); its password is for \(recovery.passwordRecipient.name): "
                    + "'certway key recovery password R-\(recovery.id)'")
        }
        return .done
    }

    private static let password = Command(
        "password", "write the password of a file that was fetched, once", arguments: [recovery],
        options: [.value("out", "FILE", "file to write; must not exist")],
        examples: [("certway key recovery password R-19 --out password.txt", "for the one who has agreed")]
    ) { invocation in
        let out = CompleteFile(path: try required("out", invocation))
        guard !FileManager.default.fileExists(atPath: out.path) else {
            throw SettingsError("file \(out.path) exists already; name another with --out", at: .commandLine)
        }
        let secret = try await administration(invocation).password(invocation.requiredWord("RECOVERY"))
        try secret.withBytes { try out.createNew(Array($0)) }
        Terminal.print("wrote \(out.path)")
        return .done
    }

    static func opening(_ invocation: Invocation) throws -> RecoveryAdministration.Opening? {
        guard invocation.value("agent-certificate") != nil || invocation.value("agent-key") != nil else { return nil }
        let certificate = try required("agent-certificate", invocation)
        let key = try required("agent-key", invocation)
        let passphrase = try invocation.value("agent-passphrase").map { text in
            guard let reference = SecretReference(text) else {
                throw UsageError("--agent-passphrase: \(SecretReference.expectation)", path: invocation.path)
            }
            return reference
        }
        return RecoveryAdministration.Opening(
            certificate: { try Certificate(pem: try InputFile(certificate).text()) },
            key: {
                try AgentKey(
                    file: try InputFile(key).secret(), passphrase: try passphrase?.resolve(for: "--agent-passphrase"))
            })
    }

    static func administration(_ invocation: Invocation) async throws -> RecoveryAdministration {
        RecoveryAdministration(try await Gateway.open(invocation), caller: invocation.caller)
    }

    private static func required(_ name: String, _ invocation: Invocation) throws -> String {
        guard let value = invocation.value(name), !value.isEmpty else {
            throw UsageError("--\(name) is missing", path: invocation.path)
        }
        return value
    }

    private static func say(_ recovery: Recovery, _ invocation: Invocation) {
        guard !invocation.wantsJSON else { return Terminal.print(json: recovery.json(at: Date()).text) }
        let state = recovery.state(at: Date())
        Terminal.print(
            "R-\(recovery.id) \(state.rawValue): key of \(recovery.subscriber), certificate \(recovery.serialNumber), asked for by "
                + "\(recovery.requester.name): \(recovery.purpose)")
        switch state {
        case .waiting:
            Terminal.print("it waits for another key recovery agent, until \(recovery.lapsesAt.ISO8601Format())")
        case .approved:
            Terminal.print(
                "\(recovery.requester.name) may fetch it, until \(recovery.lapsesAt.ISO8601Format())")
        case .denied: Terminal.print("denied by \(recovery.decider?.name ?? "somebody"): \(recovery.cause ?? "")")
        case .lapsed: Terminal.print("nobody decided on it, or fetched the key, in time")
        case .fetched:
            Terminal.print(
                "fetched \(recovery.fetchedAt?.ISO8601Format() ?? ""), with agent certificate \(recovery.agentFingerprint ?? "")"
            )
        }
    }
}
