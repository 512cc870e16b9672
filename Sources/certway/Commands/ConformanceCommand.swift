// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import ConnectorTesting
import Foundation
import Gateway
import JSONDocuments
import Settings

/// `certway ca conformance`: proves a connector against a CA, ours or a real one.
enum ConformanceCommand {
    static let command = Command(
        "conformance", "prove what a backend CA can do, check by check",
        discussion: """
            Runs the conformance kit against a configured backend CA, or with --sandbox against our imitation of the CA, which
            needs no configuration at all. Each check proves one fact. What the backend CA does not claim is reported as
            such; what it claims and does not do is a failure; what could not be tried is skipped, and never counts as
            passed. At a real CA no order is placed without --orders. At the end certificates of the run are revoked and waiting
            orders withdrawn; one that is issued meanwhile is revoked, too, and what stays at the CA is named; the same
            after SIGINT (Ctrl-C) or SIGTERM, which end a run before its last check. Where a check waits, for the CA or for you
            to approve or reject an order there, standard error says so.
            Exit status 0 when nothing failed and, where orders were allowed, one led to a certificate; 1 otherwise.
            """,
        arguments: [Argument("NAME", "name of the backend CA", optional: true)],
        options: [
            .value("sandbox", "CONNECTOR", "start certway-sandbox and try this connector against it"),
            .value("template", "NAME", "order what this template orders (default: the first one of the backend CA)"),
            .value("product", "ID", "order this product"),
            .value(
                "only", "PATTERN", "only these checks: an id, its beginning, or with * (credentials, revoke.*)",
                repeats: true),
            .value("report", "DIR", "write NAME.md, NAME.json and NAME.xml (JUnit) there"),
            .value("orders", "N", "place at most so many orders (default: none; at the sandbox any number)"),
            .value("domain", "DOMAIN", "mail domain to order for (default: the template's first)"),
            .value(
                "upn", "NAME",
                "logon name of an account that the CA knows (default: made up; at the sandbox a person's)"),
            .value("sid", "SID", "its security identifier, for logon templates that ask for one"),
            .value("foreign-domain", "DOMAIN", "a mail domain that is not yours", default: "not-ours.example"),
            .value("concurrent", "N", "orders at once in the load check", default: "200"),
            .value("patience", "SECONDS", "how long to wait for what the CA does by itself", default: "30"),
            .value("crl", "FILE", "the CA's CRL, for certificates that name none"),
            .value(
                "seed", "N", "makes the names of the run (default: by chance); a real CA knows those of earlier runs"),
            .flag("hostile", "the sandbox delays, throttles, fails and loses answers"),
            .value(
                "disobey", "LIE", "the sandbox lies like this (docs/sandbox.md); the kit must notice", repeats: true),
            .flag("quiet", "do not say on standard error which check runs and what it waits for"),
            .flag("dry-run", "list the checks and how many orders each places"),
        ],
        examples: [
            ("certway ca conformance --sandbox local-ca", "one command, no configuration"),
            ("certway ca conformance public-ca --only credentials --only products", "costs nothing at a real CA"),
            (
                "certway ca conformance public-ca --only pending --only cancel.pending --only find.buys-nothing --product HELD --orders 5 --patience 300",
                "orders that somebody at the CA approves or rejects meanwhile"
            ),
            ("certway ca conformance public-ca --orders 40 --concurrent 5 --report reports", "a full run at a real CA"),
        ]
    ) { invocation in
        let subject = try await ConformanceSubject.make(invocation)
        let suite = ConformanceSuite(subject.bench, only: invocation.allValues("only"))
        guard !suite.checks.isEmpty else {
            throw UsageError("--only: no check is called so; --dry-run lists them", path: invocation.path)
        }
        if invocation.flag("dry-run") {
            dryRun(suite, invocation)
            return .done
        }
        let lies = invocation.allValues("disobey")
        if !lies.isEmpty {
            guard let sandbox = subject.bench.sandbox else {
                throw UsageError("--disobey: only certway-sandbox can be told to lie", path: invocation.path)
            }
            try await sandbox.set(["disobey": JSONValue(lies)])
        }
        try await subject.note(orders: min(suite.orders, subject.bench.orderLimit ?? suite.orders))
        let progress = ConformanceProgress(isQuiet: invocation.flag("quiet"))
        var bench = subject.bench
        bench.tell = { progress.say($0) }
        let (started, clock) = (Date(), ContinuousClock.now)
        let run = Task { [bench] in
            try await suite.run(
                bench,
                willStart: { check, number, count in
                    progress.starts(check, number, of: count)
                    invocation.logger.log(.info, "check \(number) of \(count): \(check.id)", fields: [])
                })
        }
        // A sandbox of our own ends by the same signal, with all that was ordered there.
        let signals =
            bench.sandbox == nil
            ? StopSignals {
                run.cancel()
                progress.clear()
                Terminal.complain(
                    "certway: no further check; what was ordered is revoked or withdrawn. A second signal ends at once")
            } : nil
        defer { signals?.cancel() }
        let outcome = try await run.value
        progress.clear()
        let report = ConformanceReport(
            subject.bench, outcome, environment: subject.environment, started: started,
            duration: clock.duration(to: .now), circumstances: subject.circumstances)
        if let folder = invocation.value("report") { try write(report, to: folder, name: subject.name) }
        invocation.wantsJSON ? Terminal.print(json: report.json.text) : Terminal.print(lines: text(report))
        if !lies.isEmpty, outcome.isGreen {
            Terminal.complain(
                "nobody noticed \(lies.joined(separator: ", ")): the connector never meets it, or the checks that look at it "
                    + "were not run")
        }
        return outcome.isGreen ? .done : .failed
    }

    private static func dryRun(_ suite: ConformanceSuite, _ invocation: Invocation) {
        guard !invocation.wantsJSON else {
            let checks = suite.checks.map { check -> JSONValue in
                ["id": .string(check.id), "orders": JSONValue(check.orders), "fact": .string(check.fact)]
            }
            return Terminal.print(
                json: (["orders": JSONValue(suite.orders), "checks": .array(checks)] as JSONValue).text)
        }
        var table = TextTable("CHECK", "ORDERS", .sentence("WHAT A PASS PROVES"))
        for check in suite.checks { table.add(check.id, check.orders == 0 ? "" : "\(check.orders)", check.fact) }
        Terminal.print(lines: table.text)
        Terminal.print("\n\(suite.checks.count) checks, at most \(suite.orders) orders; many share the first one")
    }

    private static func text(_ report: ConformanceReport) -> String {
        var table = TextTable("VERDICT", "CHECK", .sentence("WHY NOT"))
        for result in report.outcome.results { table.add(result.verdict.word, result.id, result.verdict.reason ?? "") }
        return [
            table.text, "", report.summary,
            "\(report.outcome.ordersPlaced) orders placed, \(report.outcome.cleaning)",
        ].joined(separator: "\n")
    }

    private static func write(_ report: ConformanceReport, to folder: String, name: String) throws {
        let files = [
            ("md", Array(report.markdown.utf8)), ("json", Array((report.json.prettyText + "\n").utf8)),
            ("xml", try report.junit()),
        ]
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw SettingsError("cannot write the report to \(folder): \(error.localizedDescription)", at: .state)
        }
        for (ending, bytes) in files {
            try CompleteFile(path: "\(folder)/\(name).\(ending)", isPrivate: false).replace(bytes)
        }
    }
}
