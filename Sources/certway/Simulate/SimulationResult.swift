// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import JSONDocuments
import Ledger

/// What a simulated year came to.
struct SimulationResult {
    /// One month of it.
    struct Month {
        var name: String
        var people = 0
        var ordersPaid = 0
        var revoked = 0
        var passes = 0
        var kills = 0
        var seconds = 0.0
        var happened: [String: Int] = [:]
        /// What the gateway complained about, each once.
        var problems: [String] = []

        var line: String {
            var words = [
                "\(name): \(people) people, \(Plural(ordersPaid, "order")), \(Plural(revoked, "revocation"))",
                "\(Plural(passes, "pass", "passes"))\(kills > 0 ? " (\(kills) killed)" : "") in \(Int(seconds.rounded())) s",
            ]
            if !happened.isEmpty {
                words.append(
                    happened.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
            }
            return words.joined(separator: "; ")
        }

        var json: JSONValue {
            [
                "month": .string(name), "people": JSONValue(people), "ordersPaid": JSONValue(ordersPaid),
                "revoked": JSONValue(revoked), "passes": JSONValue(passes), "kills": JSONValue(kills),
                "seconds": .number((seconds * 10).rounded() / 10),
                "happened": .object(happened.mapValues { JSONValue($0) }), "problems": JSONValue(problems),
            ]
        }
    }

    var scenario: Scenario
    var months: [Month] = []
    var kills = 0
    var killsAsked = 0
    var verdict = SimulationJudge.Verdict()
    /// Where the database was, and how many gateways worked on it.
    var store = "sqlite"
    var nodes = 1
    /// Certificates in the gateway's own ledger.
    var certificatesInLedger = 0
    /// What these cost by the gateway's own account; nil where the scenario has no prices.
    var spentInLedger: Money?
    var seconds = 0.0

    /// Every promise that did not hold, in one sentence each.
    var violations: [String] {
        var all = verdict.broken.flatMap { kind in kind.found.map { "\(kind.words): \($0)" } }
        if certificatesInLedger != verdict.ordersPaid {
            all.append(
                "money: the CAs were paid for \(verdict.ordersPaid), and the gateway knows \(certificatesInLedger) certificates"
            )
        }
        let paid = Int64((verdict.money * 100).rounded())
        if let spentInLedger, spentInLedger.units != paid {
            all.append(
                "money: the CAs were paid \(Money(units: paid, spentInLedger.currency).text), and the gateway has spent "
                    + spentInLedger.text)
        }
        if kills < killsAsked { all.append("kills: \(killsAsked) were asked for, \(kills) have struck") }
        return all
    }

    var json: JSONValue {
        var value: [String: JSONValue] = [
            "seed": JSONValue(scenario.seed), "start": .string(scenario.start.day),
            "people": JSONValue(scenario.people), "months": JSONValue(scenario.months),
            "mailboxes": JSONValue(scenario.mailboxes), "store": .string(store), "nodes": JSONValue(nodes),
            "spentByLedger": JSONValue(spentInLedger?.text), "kills": JSONValue(kills),
            "seconds": .number((seconds * 10).rounded() / 10), "byMonth": .array(months.map(\.json)),
            "violations": JSONValue(violations),
        ]
        value.merge(verdict.json) { $1 }
        return .object(value)
    }

    /// Tables for a person, and what did not hold.
    func text(kept: String?) -> String {
        var table = TextTable("MONTH", "PEOPLE", "ORDERS", "REVOKED", "PASSES", "KILLED", "WHAT HAPPENED")
        for month in months {
            table.add(
                month.name, "\(month.people)", "\(month.ordersPaid)", "\(month.revoked)", "\(month.passes)",
                "\(month.kills)",
                month.happened.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        }
        var lines = [table.text, ""]
        let spent = verdict.money > 0 ? " for \(String(format: "%.2f", verdict.money))" : ""
        lines.append(
            "\(Plural(verdict.ordersPaid, "order")) paid\(spent), \(Plural(verdict.keysOpened, "key")) opened, \(verdict.keysHandedOut) handed out, \(Plural(verdict.mailsOpened, "mail")) read, "
                + "\(Plural(verdict.mailsSent, "notice")) sent, seed \(scenario.seed), "
                + "\(Int(seconds.rounded())) seconds")
        let violations = violations
        if violations.isEmpty {
            lines.append("Every promise held.")
        } else {
            lines.append("\(Plural(violations.count, "promise")) did not hold:")
            lines += violations.prefix(20).map { "  \($0)" }
            if violations.count > 20 { lines.append("  and \(violations.count - 20) more; --output json has them all") }
        }
        if let kept, store != "sqlite" {
            lines.append("Configuration and records are kept in \(kept); the database went with its server")
        } else if let kept {
            lines.append("Home, configuration and records are kept in \(kept): certway --home \(kept)/home order list")
        }
        return lines.joined(separator: "\n")
    }
}
