// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import PKIX
import Settings

/// `certway key`: the archive.
enum KeyCommands {
    static let command = Command(
        "key", "the archive: what is in it, who has asked for it, and recovery",
        examples: [("certway key attempts", "who has asked for archived keys, and why")],
        subcommands: [
            recover, RecoveryCommands.command, list, show, attempts, agents, drill, rewrap, history, redeliver,
        ])

    private static let recover = Command(
        "recover", "open an archived key with a key recovery agent's key",
        discussion: """
            Writes key, certificate and chain as a PFX file (PKCS #12) protected by the given password. The agent's
            private key is read, never stored. Each attempt is on record with its purpose and the agent's certificate, whatever
            came of it, before anything is handed out: 'certway key attempts', and the order's timeline. With --cms the
            archive record is written instead, for 'openssl cms -decrypt -inform DER -recip … -inkey …'.
            """,
        arguments: [Argument("CERTIFICATE", "serial number or fingerprint, or the beginning of one")],
        options: [
            .value("purpose", "TEXT", "why, for the record, such as the number of the ticket (required)"),
            .value("agent-certificate", "FILE", "PEM file with the agent's certificate; - for standard input"),
            .value("agent-key", "FILE", "PEM file with the agent's private key; - for standard input"),
            .value("agent-passphrase", "REF", "passphrase of that key: env:NAME or file:/path"),
            .value("password", "REF", "password of the PFX file, 12 characters or more: env:NAME or file:/path"),
            .value("out", "FILE", "file to write; must not exist"),
            .flag("cms", "write the archive record as it is, without opening it"),
        ],
        examples: [
            (
                "certway key recover 0C0FFE… --purpose 'ticket 4711' --agent-certificate kra.pem --agent-key kra.key --password env:PW --out ada.pfx",
                "recover Ada's key"
            ),
            (
                "certway key recover 0C0FFE… --purpose 'ticket 4711' --cms --out ada.cms",
                "hand the record to an agent elsewhere"
            ),
        ]
    ) { invocation in
        // All at once: who recovers a key is not sent round for each.
        let needed =
            ["purpose"] + (invocation.flag("cms") ? [] : ["agent-certificate", "agent-key", "password"]) + ["out"]
        let missing = needed.filter { invocation.value($0) == nil }.map { "--\($0)" }
        guard missing.isEmpty else {
            throw UsageError(
                "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") missing", path: invocation.path
            )
        }
        let out = CompleteFile(path: try required("out", invocation))
        // Looked at before as well: who recovers a key should not leave an event for nothing.
        guard !FileManager.default.fileExists(atPath: out.path) else {
            throw SettingsError("file \(out.path) exists already; name another with --out", at: .commandLine)
        }
        let store = try await GatewayStore.open(invocation.home)
        let recovery = try KeyRecovery(
            store.ledger, caller: invocation.caller, purpose: try required("purpose", invocation),
            approvals: try await store.configuration().recovery.approvals)
        let word = invocation.requiredWord("CERTIFICATE")
        let key = invocation.flag("cms") ? try await recovery.record(word) : try await open(word, recovery, invocation)
        do {
            try out.createNew(key.bytes)
        } catch {
            try await recovery.noteNotHandedOut(key, "\(error)")
            throw error
        }
        let record = key.record
        Terminal.print("wrote \(out.path) for \(record.userPrincipalName), certificate \(record.serialNumber)")
        return .done
    }

    private static func open(
        _ word: String, _ recovery: KeyRecovery, _ invocation: Invocation
    ) async throws -> RecoveredKey {
        let password = try reference("password", invocation)
        let agent = try required("agent-certificate", invocation)
        let keyFile = InputFile(try required("agent-key", invocation))
        let passphrase = try invocation.value("agent-passphrase").map { _ in
            try reference("agent-passphrase", invocation)
        }
        return try await recovery.recover(
            word,
            KeyRecovery.Opening(
                certificate: { try Certificate(pem: try InputFile(agent).text()) },
                key: {
                    try PrivateKey(
                        pem: keyFile.secret(), passphrase: try passphrase?.resolve(for: "--agent-passphrase"))
                },
                password: { try password.resolve(for: "--password") }))
    }

    private static func required(_ name: String, _ invocation: Invocation) throws -> String {
        guard let value = invocation.value(name) else {
            throw UsageError("--\(name) is missing", path: invocation.path)
        }
        return value
    }

    private static func reference(_ name: String, _ invocation: Invocation) throws -> SecretReference {
        guard let reference = SecretReference(try required(name, invocation)) else {
            throw UsageError("--\(name): \(SecretReference.expectation)", path: invocation.path)
        }
        return reference
    }
}
