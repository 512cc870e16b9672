// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Rules
import Store

/// `certway rules`: what may be certified, and what breaks it.
enum RuleCommands {
    static let command = Command(
        "rules", "what may be certified, by dated rules",
        discussion: """
            Rules stand in rules.d/*.yaml and can be replaced without a release; docs/manual/rules.md says how. Orders are checked
            before they are placed, certificates when they come back.
            """,
        examples: [("certway rules list --at 2027-07-01", "what counts on that day")], subcommands: [list, check])

    private static let sorting = ListSorting(keys: ["file", "id", "severity", "from"], standard: ListSort("file"))

    private static let list = Command(
        "list", "every rule, with its days, severity and source",
        options: [.value("at", "DATE", "only those in force on that day, such as 2027-07-01")] + .list(sorting),
        examples: [
            ("certway rules list", "what counts now and later"),
            ("certway rules list --at 2027-07-01 --sort severity:desc --all", "what counts on that day"),
        ]
    ) { invocation in
        let rules = try RuleAdministration(invocation.profiles).list(at: try invocation.day("at"))
        try await invocation.show(everyRule, sorting) { request in
            try ListPage(of: rules, sorting, request) { rule, key in
                switch key {
                case "id": rule.id
                case "severity": "\(RuleSeverity.allCases.firstIndex(of: rule.severity) ?? 0)"
                case "from": rule.from.day
                default: ""
                }
            }
        }
        return .done
    }

    private static let everyRule = ItemList<CertificationRule>(
        none: "no rule is in force on that day", each: \.json,
        [
            ListColumn(.short("RULE", 24), "id") { $0.id },
            ListColumn("SEVERITY", "severity") { $0.severity.rawValue },
            ListColumn("FROM", "from") { $0.from.day },
            ListColumn(.optional("UNTIL", 1), "until") { $0.lastDay?.day ?? "" },
            ListColumn(.short("FINDING", 30), "finding") { $0.finding },
            ListColumn(.short("SOURCE", 12, 2), "source") { $0.source },
            ListColumn(.optional("CHECKED", 3), "checked") { rule in
                rule.stages.isEmpty
                    ? "no" : RuleStage.allCases.filter(rule.stages.contains).map(\.rawValue).joined(separator: ", ")
            },
        ])

    private static let check = Command(
        "check", "what a certificate, or the orders of a template, break",
        discussion: """
            FILE holds a certificate in PEM, and the CAs above it where they are at hand; '-' is standard input. With --template the
            people of its group are looked at, as the directory was last read ('certway plan'). Exit status 4 when something is broken
            that stops an order.
            """,
        arguments: [Argument("FILE", "certificate in PEM", optional: true)],
        options: [
            .value("template", "NAME", "look at the orders of this template; 'all' for every one"),
            .value("person", "USER", "look at this person alone"),
            .value("at", "DATE", "by the rules of that day (default: the day of issue; for a template, today)"),
            .flag("coming", "with --template: by the rules that count later, each by the day on which it begins"),
            .value(
                "type", "KIND", "kind of the certificate in FILE, such as mailbox-strict (default: what it says itself)"
            ),
            .value("target", "WORD", "look at the rules of this target, too", repeats: true),
        ],
        examples: [
            ("certway rules check --template all --at 2027-07-01", "whom the rules of that day hit"),
            ("certway rules check --template all --coming", "which templates and people the rules to come hit"),
            ("certway rules check --template smime --person ada@example.org", "what Ada's order would break"),
            ("certway rules check certificate.pem --type mailbox-strict", "a certificate that is there"),
        ]
    ) { invocation in
        let reports = try await reports(invocation)
        if invocation.wantsJSON {
            Terminal.print(
                json: JSONValue.object([
                    "stopped": .bool(reports.contains(where: \.isStopped)), "reports": .array(reports.map(\.json)),
                ]).text)
        } else {
            for (index, report) in reports.enumerated() {
                if index > 0 { Terminal.print("") }
                show(report)
            }
            if reports.isEmpty { Terminal.print("no rule that counts later is broken") }
        }
        return reports.contains(where: \.isStopped) ? .partlyDone : .done
    }

    private static func reports(_ invocation: Invocation) async throws -> [RuleReport] {
        let administration = RuleAdministration(invocation.profiles)
        let date = try invocation.day("at")
        if invocation.flag("coming"), date != nil || invocation.value("template") == nil {
            throw UsageError("--coming goes with --template, and without --at", path: invocation.path)
        }
        guard let template = invocation.value("template") else {
            guard let file = invocation.word("FILE") else {
                throw UsageError("expected FILE or --template NAME", path: invocation.path)
            }
            if invocation.value("person") != nil {
                throw UsageError("--person goes with --template", path: invocation.path)
            }
            // What was mistyped is said before anything is read.
            let (kind, targets) = (try invocation.kind(), try invocation.targets())
            let input = InputFile(file)
            return [
                try administration.check(
                    pem: try input.text(), name: input.name, kind: kind, targets: targets, at: date)
            ]
        }
        if invocation.word("FILE") != nil || invocation.value("type") != nil || invocation.value("target") != nil {
            throw UsageError("FILE, --type and --target do not go with --template", path: invocation.path)
        }
        let store = try await GatewayStore.open(invocation.home)
        let configuration = try await store.configuration()
        let names = template == "all" ? configuration.templates.filter(\.enabled).map(\.name) : [template]
        var reports: [RuleReport] = []
        let person = invocation.value("person")
        for name in names {
            if invocation.flag("coming") {
                reports += try await administration.coming(template: name, person: person, store, configuration)
            } else {
                reports.append(
                    try await administration.check(
                        template: name, person: person, at: date ?? Date(), store, configuration))
            }
        }
        return reports
    }

    private static func show(_ report: RuleReport) {
        let about = [
            report.kind, "rules of \(report.date.day)",
            report.people.map { Plural($0, "person", "people").description },
        ].compactMap(\.self)
        Terminal.print("\(report.name): \(about.joined(separator: ", "))")
        if let note = report.note { Terminal.print("  \(note)") }
        for entry in report.entries {
            let comes = entry.comes.map { ", from \($0.day) on" } ?? ""
            Terminal.print("  \(entry.finding.severity.rawValue): \(entry.finding.sentence)\(comes)")
            guard let people = entry.people else { continue }
            let named = entry.examples.map { "\($0.userPrincipalName)\($0.value.map { " (\($0))" } ?? "")" }
            let more = people > named.count ? " and \(people - named.count) more" : ""
            Terminal.print("    \(named.joined(separator: ", "))\(more)")
        }
        if report.entries.isEmpty, report.note == nil { Terminal.print("  nothing is broken") }
    }
}

extension Invocation {
    fileprivate func kind() throws -> PublicSMIMEKind? {
        guard let text = value("type") else { return nil }
        guard let kind = PublicSMIMEKind(text: text) else {
            throw UsageError(
                "--type: found \"\(text)\", expected one of \(PublicSMIMEKind.words.joined(separator: ", "))",
                path: path)
        }
        return kind
    }

    fileprivate func targets() throws -> Set<RuleTarget> {
        Set(
            try allValues("target").map { text in
                guard let target = RuleTarget(rawValue: text) else {
                    throw UsageError(
                        "--target: found \"\(text)\", expected one of "
                            + RuleTarget.allCases.map(\.rawValue).joined(separator: ", "), path: path)
                }
                return target
            })
    }
}
