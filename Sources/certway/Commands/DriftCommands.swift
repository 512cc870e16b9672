// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Drift
import Foundation
import Gateway
import JSONDocuments
import Settings
import Store

/// `certway drift`: what ledger and world say differently.
enum DriftCommands {
    static let command = Command(
        "drift", "what CAs, Intune, directory and address lists hold otherwise than the ledger",
        examples: [
            ("certway drift report", "compare everything"),
            ("certway drift repair --kind recordUnderAnother --dry-run", "what would be done about it"),
        ], subcommands: [report, repair, kinds])

    private static let shape = Option.choice("output", ["table", "json"], "how it is printed", default: "table")
    private static let sources = Option.value(
        "source", "SOURCES",
        "only these, with commas between them: \(DriftSource.allCases.map(\.rawValue).joined(separator: ", "))")
    private static let kind = Option.value(
        "kind", "KINDS", "only these, with commas between them; 'certway drift kinds' lists them")

    private static let report = Command(
        "report", "compare, and say each difference with its cause",
        discussion: """
            Reads the lists of the CAs, what they publish about revocation, imported PFX in Intune, people and mailboxes, address lists, and
            the archive; changes nothing there. What cannot be read is said, is never taken as empty, and makes the exit status 4. The
            last report on everything is kept for the console.
            """,
        options: [sources, kind, shape],
        examples: [
            ("certway drift report --source intune --output json", "imported PFX alone, for a program")
        ]
    ) { invocation in
        let administration = try await administration(invocation)
        let progress = ProgressLine()
        let found = try await administration.report(try wish(invocation)) { source, count in
            progress.show("\(source.title): \(count)")
        }
        progress.clear()
        if invocation.value("output") == "json" {
            Terminal.print(json: found.json().prettyText)
        } else {
            findings.show(ListPage(whole: found.findings), invocation)
            for (rule, count) in found.counts {
                Terminal.print("\(count) \(rule.kind.rawValue): \(rule.sentence)")
                Terminal.print("  because \(rule.cause)")
                Terminal.print("  \(mends(rule))")
            }
        }
        complain(found)
        return found.isWhole ? .done : .partlyDone
    }

    private static let repair = Command(
        "repair", "mend what is named, each by the command that there is for one certificate",
        discussion: """
            Compares anew and mends what is still found: what is missing is delivered or published again, what is nobody's to have is taken
            out, what others have ordered is adopted, what the directory says goes to the plan. Each keeps to the rights, limits and
            records of its own command; what a person must do is said. Look with --dry-run first.
            """,
        options: [
            kind, .value("id", "IDS", "only these findings, with commas between them"), sources,
            .value("expect", "COUNT", "as many as the dry run has found; with others nothing is done"),
            .flag("dry-run", "tell what would be done, and change nothing"), shape,
        ],
        examples: [("certway drift repair --kind recordOfWithdrawn,stillPublished --dry-run", "look first")]
    ) { invocation in
        let administration = try await administration(invocation)
        let progress = ProgressLine()
        let isDryRun = invocation.flag("dry-run")
        let done = try await administration.repair(
            try wish(invocation), expected: try invocation.int("expect"), isDryRun: isDryRun
        ) { source, count in
            progress.show("\(source.title): \(count)")
        }
        progress.clear()
        if invocation.value("output") == "json" {
            Terminal.print(json: done.json.prettyText)
        } else {
            outcomes.show(ListPage(whole: done.outcomes), invocation)
            if isDryRun {
                let count = done.report.findings.count
                Terminal.print("dry run: nothing was done; --expect \(count) does this and no more")
            } else if done.count(.asked) > 0 {
                Terminal.print("what is asked for is done by the service, or by the next 'certway run --once'")
            }
        }
        complain(done.report)
        return done.report.isWhole && (isDryRun || done.count(.left) == 0) ? .done : .partlyDone
    }

    private static let kinds = Command(
        "kinds", "what can differ, where it comes from, and what mends it", options: [shape],
        examples: [("certway drift kinds", "the whole table")]
    ) { invocation in
        let table = ItemList<DriftRule>(
            none: "there are none",
            each: { rule in
                [
                    "kind": .string(rule.kind.rawValue), "source": .string(rule.source.rawValue),
                    "severity": .string(rule.severity.rawValue), "sentence": .string(rule.sentence),
                    "cause": .string(rule.cause), "repair": .string(rule.repair.rawValue),
                    "remedy": .string(rule.remedy),
                ]
            },
            [
                ListColumn("KIND", "kind") { $0.kind.rawValue }, ListColumn("REPAIR", "repair") { $0.repair.rawValue },
                ListColumn(.sentence("WHAT DIFFERS", lines: 3), "sentence") { $0.sentence },
            ])
        table.show(ListPage(whole: DriftRule.table), invocation)
        return .done
    }

    private static func administration(_ invocation: Invocation) async throws -> DriftAdministration {
        DriftAdministration(try await Gateway.open(invocation), caller: invocation.caller)
    }

    private static func wish(_ invocation: Invocation) throws -> DriftWish {
        DriftWish(
            sources: try words(invocation, "source", "source"), kinds: try words(invocation, "kind", "kind"),
            ids: Set(list(invocation, "id")))
    }

    private static func list(_ invocation: Invocation, _ option: String) -> [String] {
        (invocation.value(option) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private static func words<Word: RawRepresentable & CaseIterable & Hashable>(
        _ invocation: Invocation, _ option: String, _ what: String
    ) throws -> Set<Word> where Word.RawValue == String {
        Set(
            try list(invocation, option).map { text in
                guard let word = Word(rawValue: text) else {
                    throw SettingsError.unknown(what, text, Word.allCases.map(\.rawValue))
                }
                return word
            })
    }

    private static func mends(_ rule: DriftRule) -> String {
        rule.repair == .person ? "a person must: \(rule.remedy)" : "'certway drift repair': \(rule.remedy)"
    }

    private static func complain(_ report: DriftReport) {
        for place in report.places {
            let name = place.name.isEmpty ? place.source.title : "\(place.source.title), \(place.name)"
            if let reason = place.reason { Terminal.complain("certway: not compared: \(name): \(reason)") }
            for gap in place.gaps { Terminal.complain("certway: compared in part: \(name): \(gap)") }
        }
    }

    private static let findings = ItemList<DriftFinding>(
        none: "nothing differs where it was compared", each: \.json,
        [
            ListColumn("ID", "id") { $0.id }, ListColumn("KIND", "kind") { $0.kind.rawValue },
            ListColumn(.short("USER", 14), "userPrincipalName") { $0.userPrincipalName ?? "" },
            ListColumn(.short("SERIAL", 10, 2), "serialNumber") { $0.serialNumber ?? "" },
            ListColumn(.sentence("WHERE", lines: 3), "detail") {
                [$0.place, $0.detail].filter { !$0.isEmpty }.joined(separator: ": ")
            },
        ])

    private static let outcomes = ItemList<DriftOutcome>(
        none: "nothing of what was named differs", each: \.json,
        [
            ListColumn("ID", "id") { $0.finding.id }, ListColumn("KIND", "kind") { $0.finding.kind.rawValue },
            ListColumn(.short("USER", 14), "userPrincipalName") { $0.finding.userPrincipalName ?? "" },
            ListColumn("BECOMES", "outcome") { $0.word.rawValue },
            ListColumn(.sentence("HOW, OR WHY NOT", lines: 4), "said") { $0.sentence },
        ])
}
