// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments
import Ledger

extension CACommands {
    /// `certway ca chain`: by which CA certificates backend CAs issue.
    static let chain = Command(
        "chain", "the CA certificates by which backend CAs issue, and which of them are confirmed",
        discussion: """
            Devices and mail services must know the CA certificates above those of people. One that is new, because the CA has changed its
            issuing certificate or its root, is noticed when the CA names it ('certway ca check', once an hour by the service) or when the first
            certificate by it comes back. It is said by 'certway plan', 'run', 'serve' and 'doctor', with what is to be done, until somebody confirms
            that Intune and Exchange have it. With newIssuer: hold of the backend CA certificates by it wait for that.
            """,
        subcommands: [chainList, chainConfirm])

    private static let chainList = Command(
        "list", "the CA certificates that were seen",
        arguments: [Argument("NAME", "backend CA; all when left out", optional: true)],
        examples: [
            ("certway ca chain list", "all of them"),
            ("certway ca chain list public-ca --output json", "with the certificates in PEM, for Intune and Exchange"),
        ]
    ) { invocation in
        let entries = try await ChainAdministration(try await Gateway.open(invocation), caller: invocation.caller)
            .list(invocation.word("NAME"))
        if invocation.wantsJSON {
            Terminal.print(json: JSONValue.array(entries.map(\.json)).text)
            return .done
        }
        var table = TextTable(.short("BACKEND CA", 16), "SHA-256", "ENDS", "CONFIRMED", .sentence("SUBJECT"))
        for entry in entries {
            table.add(
                entry.backendCA, String(entry.issuer.sha256Fingerprint.prefix(16)), entry.issuer.notAfter.day,
                entry.issuer.confirmedAt?.day ?? "no", entry.issuer.subject)
        }
        if entries.isEmpty {
            Terminal.print("no CA certificate was seen yet")
        } else {
            Terminal.print(lines: table.text)
        }
        return .done
    }

    private static let chainConfirm = Command(
        "confirm", "say that devices and mail services know a CA certificate",
        arguments: [
            Argument("NAME", "name of the backend CA"),
            Argument("FINGERPRINT", "SHA-256, or its beginning", optional: true, repeats: true),
        ],
        options: [
            .flag("all", "all of the backend CA that are not confirmed"),
            .flag("dry-run", "tell which it would be, and write nothing"),
        ],
        examples: [
            ("certway ca chain confirm public-ca 3f9a0c11", "after Intune and Exchange have it"),
            ("certway ca chain confirm public-ca --all --dry-run", "which of them nobody has confirmed"),
        ]
    ) { invocation in
        let words = invocation.allWords("FINGERPRINT")
        guard words.isEmpty == invocation.flag("all") else {
            throw UsageError("give fingerprints, or --all", path: invocation.path)
        }
        let (name, isDryRun) = (invocation.requiredWord("NAME"), invocation.flag("dry-run"))
        let confirmed = try await ChainAdministration(try await Gateway.open(invocation), caller: invocation.caller)
            .confirm(name, words.isEmpty ? nil : words, isDryRun: isDryRun)
        if invocation.wantsJSON {
            Terminal.print(json: JSONValue.array(confirmed.map(\.json)).text)
            return .done
        }
        let word = isDryRun ? "would be confirmed" : "confirmed"
        for issuer in confirmed { Terminal.print("\(word): \(issuer.subject)") }
        var next = "what was held for it: 'certway order retry --held --backend-ca \(name)'"
        if isDryRun { next = "nothing was written (--dry-run)" }
        if confirmed.isEmpty { next = "nothing was open" }
        Terminal.print(lines: next)
        return .done
    }
}
