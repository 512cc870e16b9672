// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation

/// The command line of the sandbox.
enum SandboxCommand {
    static let root = Command(
        "certway-sandbox", "imitates a Microsoft tenant and certificate authorities on loopback",
        discussion: """
            For trying, testing and conformance: no account, no network, no cost. It signs real certificates with test
            roots of its own, publishes their CRL and keeps everything in memory. docs/sandbox.md describes the control
            API and what each part imitates.
            """,
        subcommands: [serve])

    private static let serve = Command(
        "serve", "serve until a signal comes",
        discussion: """
            When everything answers, one line of JSON on standard output says where the tenant and each CA are and which
            settings a client needs; all of them are test credentials made for this run. Ports are always free ones.
            """,
        options: [
            .value(
                "only", "NAME", "serve only this part: \(SandboxOptions.parts.joined(separator: ", "))", repeats: true),
            .value("users", "N", "people in the enrollment group", default: "25"),
            .value("mailboxes", "N", "shared mailboxes, each opened by some people or a group", default: "0"),
            .flag("unusual", "add people who are disabled, have no mailbox, odd addresses or are guests"),
            .value("seed", "N", "decides people, ids and, with --hostile, what fails", default: "1"),
            .flag("hostile", "delays, 429, 503, lost answers, pending orders, odd JSON, tokens that end early"),
            .flag("instant", "issue every order at once, even with --hostile"),
            .flag("email-validation", "orders wait until the link to each address is clicked (POST /control/validate)"),
            .flag("tls", "the tenant answers over TLS, as a CA whose interface is HTTPS always does"),
            .flag("unlimited", "no request limits at the CA"),
            .value("start", "TIME", "what the sandbox's clock shows when it begins (default: the machine's time)"),
            .value("clock", "FILE", "keep the clock in this file, for 'certway simulate', which shares it"),
            .flag("exit-with-parent", "end when standard input ends"),
        ],
        examples: [
            ("certway-sandbox serve --users 100", "a tenant with 100 people and every CA, all of them friendly"),
            ("certway-sandbox serve --hostile --seed 7", "the same failures in every run with seed 7"),
            ("certway-sandbox serve --only digicert-certcentral", "the CA alone, for another client"),
        ]
    ) { invocation in
        let options = try SandboxOptions(invocation)
        if options.isHostile { complain("hostile, seed \(options.seed)") }
        let end = EndOfService(whenInputEnds: options.exitsWithParent)
        let sandbox = try Sandbox(options)
        try FileHandle.standardOutput.write(contentsOf: Data((try sandbox.json.text + "\n").utf8))
        end.wait()
        sandbox.stop()
        return .done
    }
}
