// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Records

/// `certway audit`: who has decided what, when and why.
enum AuditCommands {
    static let command = Command(
        "audit", "who has decided what, when, on what, with which outcome and why",
        discussion: """
            Every decision of a person or of the planner leaves a record, in the same transaction as what it decides. The records are
            a chain of hashes: one that is changed, or gone, is noticed. docs/manual/audit.md has the words and the form.
            """,
        examples: [
            ("certway audit list", "what happened last"),
            ("certway audit verify", "is every record as it was written?"),
        ],
        subcommands: [list, show, export, verify])

    static let show = Command(
        "show", "one record, with what was before and what is after",
        arguments: [Argument("NUMBER", "number of the record, as 'certway audit list' shows it")],
        examples: [("certway audit show 12", "who was it, and why?")]
    ) { invocation in
        let word = invocation.requiredWord("NUMBER")
        guard let number = Int64(word), number > 0 else {
            throw UsageError("NUMBER: found \"\(word)\", expected a whole number from 1", path: invocation.path)
        }
        let record = try await administration(invocation).record(number)
        if invocation.wantsJSON {
            Terminal.print(json: record.json.prettyText)
            return .done
        }
        var table = TextTable("RECORD", .sentence("\(record.number)"))
        let way = [record.origin, record.node.map { "node \($0)" } ?? ""].filter { !$0.isEmpty }
        for (name, text) in [
            ("time", AuditRecord.moment(record.at)), ("who", "\(record.actor) (\(record.actorKind))"),
            ("by way of", way.joined(separator: ", ")), ("did", record.action),
            ("object", "\(record.objectKind) \(record.objectID)"), ("person", record.person ?? ""),
            ("outcome", record.outcome), ("why", record.reason), ("before", record.before?.text ?? ""),
            ("after", record.after?.text ?? ""), ("hash", record.hash), ("hash before", record.previous),
        ] where !text.isEmpty {
            table.add(name, text)
        }
        Terminal.print(lines: table.text)
        if record.digest != record.hash {
            Terminal.complain(
                "certway: record \(number) was changed: it does not have its hash; see 'certway audit verify'")
            return .failed
        }
        return .done
    }

    static let verify = Command(
        "verify", "walk the whole chain: is every record there, and as it was written?",
        discussion: """
            Says at which record the chain is broken, and how: changed, missing, in another place, cut at the end. The number and the
            hash of the last record are kept in DIR/certway.audit, beside the database: the next time a chain that was cut behind
            it, or made anew, is noticed. --against compares with what somebody has kept elsewhere, which nobody
            here can change. Ends with 1 when something is found.
            """,
        options: [
            .value(
                "against", "FILE|HASH", "an earlier export, or the hash of a record as somebody has written it down"),
            .flag(
                "accept", "your word, which is put on record: you have looked, and take what is there for what there is"
            ),
        ],
        examples: [
            ("certway audit verify", "each day, from a timer"),
            ("certway audit verify --against certway-audit.jsonl", "is all that was exported still there?"),
        ]
    ) { invocation in
        let progress = ProgressLine()
        let accepts = invocation.flag("accept")
        let result = try await administration(invocation).verify(
            against: invocation.value("against"), acceptedBy: accepts ? invocation.caller : nil
        ) { done, all in
            progress.show("\(done) of \(all) records")
        }
        progress.clear()
        if invocation.wantsJSON {
            Terminal.print(json: result.json.text)
        } else {
            if result.isUnbroken {
                Terminal.print(
                    result.last.map { "unbroken to record \($0.number), whose hash is \($0.hash)" }
                        ?? "the audit trail is empty")
                if let kept = result.kept {
                    Terminal.print("also as it was at record \(kept.number), when it was looked at before")
                }
            }
            if result.compared > 0 {
                Terminal.print("compared with \(Plural(Int(result.compared), "exported record"))")
            }
        }
        complain(result)
        if accepts, !result.isUnbroken { Terminal.complain("certway: accepted; 'certway audit list' shows your word") }
        return result.isUnbroken || accepts ? .done : .failed
    }

    static let export = Command(
        "export", "write the records into a file, for another place",
        discussion: """
            One record on each line, as JSON in its canonical form (RFC 8785), by which anybody can recompute the chain without this
            program. Keep it, or the hash of its last record, where who runs the gateway cannot change it, and compare by
            'certway audit verify --against'. What is exported is looked over on its way.
            """,
        options: [
            .value("from", "NUMBER|TIME", "from this record, or this day or time, on"),
            .value("to", "NUMBER|TIME", "up to this record, or before this day or time"),
            .value("out", "FILE", "file to write; must not exist (required)"),
        ],
        examples: [
            ("certway audit export --out certway-audit.jsonl", "all of it"),
            (
                "certway audit export --from 2026-07-01 --to 2026-10-01 --out quarter.jsonl",
                "a quarter, for the auditors"
            ),
        ]
    ) { invocation in
        guard let file = invocation.value("out") else {
            throw UsageError("--out is missing: the file to write", path: invocation.path)
        }
        let (from, to) = (try bound("from", invocation), try bound("to", invocation))
        let progress = ProgressLine()
        let result = try await administration(invocation).export(from: from, to: to, file: file) { done, all in
            progress.show("\(done) of \(all) records")
        }
        progress.clear()
        if invocation.wantsJSON {
            Terminal.print(json: result.json.text)
        } else if let last = result.verification.last {
            Terminal.print(
                "\(file): records \(result.first) to \(last.number); the hash of the last one is \(last.hash)")
        } else {
            Terminal.print("\(file): no records, there are none of that time")
        }
        complain(result.verification)
        return result.verification.isUnbroken ? .done : .partlyDone
    }

    private static func complain(_ result: AuditVerification) {
        for finding in result.findings { Terminal.complain("certway: \(finding.sentence)") }
        let more = result.findingCount - result.findings.count
        if more > 0 { Terminal.complain("certway: and \(more) more") }
    }

    private static func bound(_ option: String, _ invocation: Invocation) throws -> AuditBound? {
        if let number = invocation.value(option).flatMap({ Int64($0) }) { return .number(number) }
        return try invocation.moment(option).map(AuditBound.time)
    }

    static func administration(_ invocation: Invocation) async throws -> AuditAdministration {
        AuditAdministration(try await GatewayStore.open(invocation.home))
    }
}
