// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Gateway
import JSONDocuments
import Ledger
import Recoveries
import Store

extension KeyCommands {
    static let drill = Command(
        "drill", "open archived keys to see whether they open",
        discussion: """
            Each chosen key is opened as an agent and held to its certificate, and forgotten; nothing is handed out. What came of it
            is on record and stands in the console. Exit status 4 where one did not open.
            """,
        options: [
            .value("sample", "N", "how many, chosen by chance; 100 when left out"),
            .flag("all", "every archived key"),
        ] + RecoveryCommands.agentOptions,
        examples: [("certway key drill --sample 50", "would the archive open if it had to?")]
    ) { invocation in
        let administration = try await RecoveryCommands.administration(invocation)
        let sample = invocation.flag("all") ? nil : try invocation.int("sample", in: 1...10_000_000) ?? 100
        let progress = ProgressLine()
        let drill = try await administration.drill(
            sample: sample, agent: invocation.value("agent"),
            opening: try RecoveryCommands.opening(invocation)
        ) { done, all in progress.show("\(done) of \(all) keys") }
        progress.clear()
        if invocation.wantsJSON {
            Terminal.print(json: drill.json.prettyText)
        } else {
            var table = TextTable(.short("CERTIFICATE", 12), .short("KEY OF", 16, 1), .sentence("WHY NOT"))
            for failure in drill.failures { table.add(failure.serialNumber, failure.subscriber, failure.reason) }
            if !drill.failures.isEmpty { Terminal.print(lines: table.text) }
            Terminal.print(
                "\(drill.opened) of \(drill.sampled) sampled keys opened, of \(drill.archived) archived, as \(drill.agent)"
            )
        }
        return drill.isGood ? .done : .partlyDone
    }

    static let agents = Command(
        "agents", "who can open archived keys, by the configuration",
        options: [.choice("output", ["table", "json"], "how it is printed", default: "table")],
        examples: [("certway key agents", "for whom is archived, and whose key the gateway may use")]
    ) { invocation in
        let found = try await RecoveryCommands.administration(invocation).agents()
        known.show(ListPage(whole: found), invocation)
        return .done
    }

    private static let known = ItemList<RecoveryAgent>(
        none: "no key recovery agents are configured: add section 'keyRecoveryAgents'", each: \.json,
        [
            ListColumn(.short("NAME", 12), "name") { $0.name },
            ListColumn(.short("CERTIFICATE", 20), "subject") { $0.subject ?? $0.problem ?? "" },
            ListColumn("VALID TO", "notAfter") { $0.notAfter?.day ?? "" },
            ListColumn("KEY HERE", "usable") { $0.isUsable ? "yes" : "no" },
            ListColumn(.short("TEMPLATES", 20), "templates") { $0.templates.joined(separator: ", ") },
        ])

    static let rewrap = Command(
        "rewrap", "encrypt the archive for other key recovery agents",
        discussion: """
            Opens each record's content key as one of its present agents and encrypts it for the new ones; the private keys in it stay
            encrypted. What is done stays done: the same command again goes on. At the end it says how many records each
            other agent of the configuration opens still; with 0 it can be removed, once no template names it.
            """,
        options: [
            .value("to", "NAME", "a new agent, of the configuration; once for each (required)", repeats: true),
            .flag("dry-run", "count, and change nothing"),
        ] + RecoveryCommands.agentOptions,
        examples: [
            (
                "certway key rewrap --to office-2027 --to board-2027 --dry-run",
                "how many records are to be encrypted anew?"
            ),
            (
                "certway key rewrap --to office-2027 --to board-2027 --agent-certificate kra.pem --agent-key kra.key",
                "with the old agent's key in a file"
            ),
        ]
    ) { invocation in
        let names = invocation.allValues("to")
        guard !names.isEmpty else { throw UsageError("--to is missing", path: invocation.path) }
        let progress = ProgressLine()
        let report = try await RecoveryCommands.administration(invocation).rewrap(
            to: names, agent: invocation.value("agent"), opening: try RecoveryCommands.opening(invocation),
            isDryRun: invocation.flag("dry-run")
        ) { done, all in progress.show("\(done) of \(all) records") }
        progress.clear()
        if invocation.wantsJSON {
            Terminal.print(json: report.json.prettyText)
        } else {
            let done = report.isDryRun ? "to be encrypted anew (--dry-run)" : "encrypted anew"
            Terminal.print(
                "\(report.rewrapped) of \(Plural(report.archived, "record")) \(done) for \(names.joined(separator: ", ")), "
                    + "\(report.unchanged) were for them already")
            for failure in report.failures {
                Terminal.print("not \(failure.serialNumber) of \(failure.subscriber): \(failure.reason)")
            }
            for former in report.formerlyReadable {
                Terminal.print(
                    "\(former.name) opens \(Plural(former.entries, "record"))"
                        + (former.entries == 0 ? ": it can be removed once no template names it" : " still"))
            }
        }
        return report.isComplete ? .done : .partlyDone
    }
}
