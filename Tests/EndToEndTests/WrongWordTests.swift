// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import TestSupport
import Testing

/// Words that mean nothing: said as such, with the nearest that mean something, and never as an empty answer.
@Suite(.timeLimit(.minutes(10))) struct WrongWordTests {
    private static let filters = [
        (["order", "list", "--template", "smine"], "smime"), (["order", "list", "--backend-ca", "cb"], "ca"),
        (["order", "list", "--stage", "pendign"], "pending"),
        (["certificate", "list", "--template", "smine"], "smime"),
        (["certificate", "list", "--backend-ca", "cb"], "ca"), (["people", "list", "--template", "smine"], "smime"),
        (["people", "list", "--status", "inuse"], "inUse"),
        (["order", "retry", "--held", "--template", "smine"], "smime"),
        (["order", "retry", "--held", "--backend-ca", "cb"], "ca"), (["template", "show", "smine"], "smime"),
        (["template", "preview", "smine"], "smime"), (["ca", "products", "cb"], "ca"),
        (["restore", "accept", "--backend-ca", "cb"], "ca"), (["ca", "conformance", "cb"], "ca"),
        (["ca", "check", "cb"], "ca"), (["order", "retry", "--delayed", "--backend-ca", "cb"], "ca"),
        (["connector", "show", "ejcba"], "ejbca"),
    ]

    @Test func aNameThatNothingHasIsAnError() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]))
        try await gateway.finish()
        for (command, near) in Self.filters {
            let run = try await gateway.certway(command)
            #expect(run.status == 2 && run.output.isEmpty, "\(command): \(run.status) \(run.output) \(run.errors)")
            #expect(
                run.errors.contains("did you mean \(near)?") || run.errors.contains(near), "\(command): \(run.errors)")
            // The same as JSON, in one object and nothing else.
            let json = try await gateway.certway(command + ["--output", "json"])
            #expect(json.status == 2 && json.output.isEmpty, "\(command): \(json.output)")
            let error = try JSONValue(parsing: json.errors)
            #expect(error["code"] == "usage" && error["exitStatus"] == 2, "\(command): \(json.errors)")
            let text = (error["message"]?.string ?? "") + (error["hint"].map { "\n" + ($0.string ?? "") } ?? "")
            #expect(run.errors == "certway: \(text)\n", "\(command): \(json.errors)")
        }
        // Where was looked, how the search is widened, and what does what was meant.
        let connector = try await gateway.certway(["connector", "show", "ejcba"])
        #expect(connector.errors.contains("connectors.d; ") && connector.errors.contains("--connectors DIR"))
        let short = try await gateway.certway(["certificate", "show", "GG2"])
        #expect(!short.errors.contains("4 characters"), "\(short.errors)")
        for word in ["6B2", "0FB", "FFF"] {
            let short = try await gateway.certway(["certificate", "show", word])
            #expect(short.status == 1 && short.errors.contains("4 characters or more"), "\(word): \(short.errors)")
        }
        for command in [["run", "--once", "--dry-run"], ["serve", "--dry-run"]] {
            let run = try await gateway.certway(command)
            #expect(run.status == 2 && run.errors.contains("'certway plan'"), "\(command): \(run.errors)")
        }
        // What exists and has nothing is an empty list.
        let empty = try await gateway.certway(["order", "list", "--backend-ca", "ca", "--stage", "pending"])
        #expect(empty.status == 0 && empty.output == "no orders\n", "\(empty.output) \(empty.errors)")
        // A name that the configuration has forgotten is still one of the ledger's.
        try await gateway.reconfigure { $0.replacing("name: smime", with: "name: mail") }
        let applied = try await gateway.certway(["apply", "-f", gateway.configuration, "--prune"])
        try #require(applied.status == 0, "\(applied.errors)")
        for list in ["order", "certificate"] {
            let old = try await gateway.certway([list, "list", "--template", "smime", "--output", "json"])
            #expect(old.status == 0, "\(old.errors)")
            #expect(try old.json.array?.count == 1, "\(old.output)")
        }
    }

    /// Each way in which a command can fail ends in one object with its exit status, where JSON was asked for.
    @Test func errorsAreJSONWhereJSONWasAskedFor() async throws {
        let gateway = try await GatewayUnderTest(
            sandbox: SandboxProcess(["--users", "1", "--only", "tenant", "--only", "digicert-certcentral"]))
        let wrong = try gateway.folder.write("limits: {interval: 0s, concurency: 4}\n", to: "wrong.yaml")
        let cases: [(words: [String], code: JSONValue, status: Int32)] = [
            (["order", "lst"], "usage", 2), (["order", "list", "--nope"], "usage", 2),
            (["order", "list", "--limit", "x"], "usage", 2), (["order", "show", "cw-none"], "ledger", 1),
            (["apply", "-f", wrong], "configuration", 3), (["plan", "approve"], "notNow", 1),
        ]
        for (words, code, status) in cases {
            for json in [["--output", "json"], ["--output=json"]] {
                let run = try await gateway.certway(words + json)
                #expect(run.status == status && run.output.isEmpty, "\(words): \(run.status) \(run.output)")
                let error = try JSONValue(parsing: run.errors)
                #expect(error["code"] == code && error["exitStatus"]?.int == Int(status), "\(words): \(run.errors)")
                #expect(error["message"]?.string?.isEmpty == false)
            }
            let run = try await gateway.certway(words)
            #expect(run.status == status && run.errors.hasPrefix("certway: "), "\(words): \(run.errors)")
        }
        let run = try await gateway.certway(["apply", "-f", wrong, "--output", "json"])
        let problems = try JSONValue(parsing: run.errors)["problems"]?.array ?? []
        #expect(problems.map { $0["keyPath"] } == ["limits.interval", "limits.concurency"], "\(run.errors)")
        #expect(problems.last?["hint"] == "did you mean concurrency?" && problems.first?["line"] == 1)
    }

    /// What was typed is called what it was typed as; there is no configuration to mend.
    @Test func aCommandLineIsSpokenOfInItsOwnWords() async throws {
        let folder = try TemporaryFolder()
        let empty = try folder.write("x", to: "passphrase")
        let ca = folder.path("ca")
        for (words, named) in [
            (["ca", "create", ca, "--crl-url", "ldap://x"], "--crl-url"),
            (["ca", "create", ca, "--issuer-url", "https://x/y.cer"], "--issuer-url"),
            (["ca", "create", ca, "--passphrase", "file:\(empty)"], "--passphrase"),
        ] {
            let run = try await Run.certway(words + ["--name", "X"])
            #expect(run.status == 2 && run.errors.contains(named), "\(words): \(run.status) \(run.errors)")
            #expect(!run.errors.contains("settings."), "\(run.errors)")
        }
        let keys = ["--passphrase", "file:" + (try folder.write("a long enough passphrase", to: "right"))]
        let made = try await Run.certway(
            ["ca", "create", ca, "--name", "X", "--key", "p256"] + keys + ["--root-passphrase", keys[1]])
        try #require(made.status == 0, "\(made.errors)")
        for wrong in [[], ["--passphrase", "file:" + (try folder.write("another long passphrase", to: "other"))]] {
            let run = try await Run.certway(["ca", "crl", ca] + wrong)
            #expect(run.status == 2 && run.errors.contains("--passphrase"), "\(run.status) \(run.errors)")
            #expect(!run.errors.contains("settings."), "\(run.errors)")
        }
    }
}
