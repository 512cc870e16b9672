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
    private static let severities = DriftSeverity.allCases.map(\.rawValue)

    private static let report = Command(
        "report", "compare, and say each difference with its cause",
        discussion: """
            Reads the lists of the CAs, what they publish about revocation, imported PFX in Intune, people and mailboxes, address lists, and
            the archive; changes nothing there. What cannot be read is said, is never taken as empty, and makes the exit status 4. That
            something differs is no failure: the exit status is 0 all the same, but 1 where something is as grave as --fail-on says. The
            last report on everything is kept for --last and the console. With limits.driftEvery the service compares by itself. One
            comparison runs at a time, whoever has asked for it.
            """,
        options: [
            sources, kind,
            .flag("last", "show what was found when everything was compared last, by whomever, and read nobody now"),
            .choice("fail-on", severities, "end with status 1 where something as grave as this, or graver, differs"),
            shape,
        ],
        examples: [
            ("certway drift report --source intune --output json", "imported PFX alone, for a program"),
            ("certway drift report --fail-on danger", "for a weekly job that tells somebody"),
            ("certway drift report --last", "what was found last, at once"),
        ]
    ) { invocation in
        let administration = try await administration(invocation)
        let wish = try wish(invocation)
        if invocation.flag("last") {
            guard let found = try await administration.last() else {
                throw Obstacle(
                    "nobody has compared everything yet", instead: "'certway drift report' does")
            }
            return show(DriftView(found, wish), invocation, isOld: true)
        }
        let progress = ProgressLine()
        let found = try await administration.report(wish) { source, count in
            progress.show("\(source.title): \(count)")
        }
        progress.clear()
        return show(DriftView(found.json(), wish), invocation, isOld: false)
    }

    private static func show(_ found: DriftView, _ invocation: Invocation, isOld: Bool) -> ExitStatus {
        if invocation.value("output") == "json" {
            Terminal.print(json: found.json.prettyText)
        } else {
            findings.show(ListPage(whole: found.findings), invocation)
            for one in found.counts {
                Terminal.print(
                    "\n\(one.rule.severity.rawValue): \(one.count) \(one.rule.kind.rawValue): \(one.rule.sentence)")
                Terminal.print("  because \(one.cause)")
                Terminal.print("  \(mends(one))")
            }
            if found.isCut {
                Terminal.print(
                    "\nthese are the gravest \(found.findings.count); --source and --kind compare less, and show all of it"
                )
            }
            tell(found)
            if isOld { Terminal.print("compared \(found.readAt); 'certway drift report' compares now") }
        }
        for sentence in found.missed { Terminal.complain("certway: \(sentence)") }
        if let limit = invocation.value("fail-on").flatMap(DriftSeverity.init), let gravest = found.gravest,
            gravest <= limit
        {
            return .failed
        }
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
            .value(
                "kind", "KINDS",
                "those of these kinds, with commas between them; 'certway drift kinds' lists them (this or --id is required)"
            ),
            .value("id", "IDS", "these findings, with commas between them, as 'certway drift report' shows them"),
            sources,
            .value("expect", "COUNT", "as many as the dry run has found; with others nothing is done"),
            .flag("dry-run", "tell what would be done, and change nothing"), shape,
        ],
        examples: [("certway drift repair --kind recordOfWithdrawn,stillPublished --dry-run", "look first")]
    ) { invocation in
        let meant = try wish(invocation)
        guard !meant.kinds.isEmpty || !meant.ids.isEmpty else {
            throw UsageError(
                "nothing is named that is to be mended: --kind or --id says what, as 'certway drift report' shows it",
                path: invocation.path)
        }
        let administration = try await administration(invocation)
        let progress = ProgressLine()
        let isDryRun = invocation.flag("dry-run")
        let done = try await administration.repair(
            meant, expected: try invocation.int("expect"), isDryRun: isDryRun
        ) { source, count in
            progress.show("\(source.title): \(count)")
        }
        progress.clear()
        if invocation.value("output") == "json" {
            Terminal.print(json: done.json().prettyText)
        } else {
            outcomes.show(ListPage(whole: done.outcomes), invocation)
            if !done.gone.isEmpty { Terminal.print("differs no more: \(done.gone.joined(separator: ", "))") }
            if isDryRun {
                let count = done.report.findings.count
                Terminal.print("dry run: nothing was done; --expect \(count) does this and no more")
            } else if done.count(.asked) > 0 {
                Terminal.print("what is asked for is done by the service, or by the next 'certway run --once'")
            }
        }
        for sentence in DriftView.missed(done.report.json(most: 0)) + done.problems.map({ "taking over: \($0)" }) {
            Terminal.complain("certway: \(sentence)")
        }
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

    private static func mends(_ one: DriftView.Kind) -> String {
        let some = one.waiting > 0 && one.waiting < one.count
        let others = some ? "; nothing is to be mended of \(one.waiting) of them" : ""
        return switch one.repair {
        case .wait: one.remedy
        case .person: "a person must: \(one.remedy)\(others)"
        default: "'certway drift repair --kind \(one.rule.kind.rawValue) --dry-run' first: \(one.remedy)\(others)"
        }
    }

    /// What was compared, and what there was nothing to compare with. What could not be read is a complaint.
    private static func tell(_ found: DriftView) {
        let compared = found.compared
        Terminal.print("\ncompared: \(compared.isEmpty ? "nothing" : compared.joined(separator: "; "))")
        for sentence in found.impossible { Terminal.print("not to be compared: \(sentence)") }
        let left = DriftSource.allCases.filter { !found.sources.contains($0) }
        if !left.isEmpty { Terminal.print("not asked for: \(left.map(\.title).joined(separator: "; "))") }
    }

    private static let findings = ItemList<JSONValue>(
        none: "nothing differs where it was compared", each: { $0 },
        [
            column("ID", "id"), column("SEVERITY", "severity"), column("KIND", "kind"),
            ListColumn(.short("USER", 14), "userPrincipalName") { $0["userPrincipalName"]?.string ?? "" },
            ListColumn(.short("SERIAL", 10, 2), "serialNumber") { $0["serialNumber"]?.string ?? "" },
            ListColumn(.sentence("WHERE", lines: 3), "detail") { one in
                [one["place"]?.string, one["detail"]?.string].compactMap(\.self).filter { !$0.isEmpty }.joined(
                    separator: ": ")
            },
        ])

    private static func column(_ title: TextColumn, _ member: String) -> ListColumn<JSONValue> {
        ListColumn(title, member) { $0[member]?.string ?? "" }
    }

    private static let outcomes = ItemList<DriftOutcome>(
        none: "nothing of what was named differs", each: \.json,
        [
            ListColumn("ID", "id") { $0.finding.id }, ListColumn("KIND", "kind") { $0.finding.kind.rawValue },
            ListColumn(.short("USER", 14), "userPrincipalName") { $0.finding.userPrincipalName ?? "" },
            ListColumn("BECOMES", "outcome") { $0.word.rawValue },
            ListColumn(.sentence("HOW, OR WHY NOT", lines: 4), "said") { $0.sentence },
        ])
}
