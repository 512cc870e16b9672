// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation

/// What the demo says in plain words.
struct DemoText {
    let connector: String
    let folder: String?

    func beginning(users: Int) -> String {
        """
        A sandbox tenant with \(users) people in one Entra group is running on this machine, and a CA that speaks like \
        \(connector). Nothing leaves this machine.
        """
    }

    func end(_ result: DemoResult) -> String {
        var lines = [
            "",
            "  \(result.users) people are in the group",
            "  \(result.ordersAtCA) orders are at the CA, \(result.held == 0 ? "one" : "at most one") for each person",
            "  \(result.issued) certificates came back, each compared with what was asked",
            result.isArchived
                ? "  \(result.archived) private keys are in the archive, each opened with the recovery agent's key"
                : "  keys of this kind are never archived",
            "  \(result.delivered) PFX files lie in Intune",
            "  \(result.opened) of them were opened as the Intune connector does, key and certificate match",
            "",
        ]
        lines += answered(result.answers)
        let duration = String(Double(Int(result.seconds * 10)) / 10)
        if result.isComplete {
            lines.append("Every person has one certificate, on every device. It took \(duration) seconds.")
        } else if result.isSound {
            lines += held(result)
        } else {
            lines.append("Something is missing after \(duration) seconds:")
            lines += result.problems.prefix(10).map { "  \($0)" }
            lines += result.holdReasons.prefix(10).map { "  held: \($0)" }
        }
        if let folder {
            lines += ["The gateway is kept in \(folder). Look around:"] + lookingAround(folder, result)
        } else {
            lines.append("Run it again with --keep DIR to look around in the gateway afterwards.")
        }
        return lines.joined(separator: "\n")
    }

    /// Commands that answer something without the sandbox, which has ended.
    private func lookingAround(_ folder: String, _ result: DemoResult) -> [String] {
        let commands = [
            ("people list", "everybody, where each stands, and why"), ("order list", "the orders"),
            ("certificate list", "what was issued"), ("template preview smime", "the names a template makes"),
            ("key list", "the archive"), ("export", "the configuration"),
        ].filter { result.isArchived || $0.0 != "key list" }
        let width = commands.map(\.0.count).max() ?? 0
        return commands.map { command, meaning in
            "  certway --home \(folder)/home \(command.padding(toLength: width, withPad: " ", startingAt: 0))  \(meaning)"
        }
    }

    /// What the demo did in the place of a person.
    private func answered(_ answers: [DemoOperator.Answer]) -> [String] {
        guard !answers.isEmpty else { return [] }
        let count = Set(answers.map(\.reference)).count
        let orders = count == 1 ? "1 order" : "\(count) orders"
        var lines = [
            "The answers to \(orders) got lost on the way, and \(connector) cannot be searched. Ordering again might "
                + "have bought a second",
            "certificate, so the gateway left the question to a person. The demo played that person: it looked at the CA and said",
        ]
        for answer in answers.prefix(5) {
            lines.append("  \(answer.command)")
            lines.append(
                answer.caRequestID == nil
                    ? "      the CA does not have it: it was ordered again"
                    : "      the CA has it: its certificate was fetched, nothing was ordered again")
        }
        if answers.count > 5 { lines.append("  and \(answers.count - 5) more") }
        return lines + [""]
    }

    /// What is left to a person when the time is over.
    private func held(_ result: DemoResult) -> [String] {
        let people = result.held == 1 ? "1 person waits" : "\(result.held) people wait"
        return ["\(people) for an operator:"] + result.holdReasons.prefix(5).map { "  \($0)" } + [
            "Everybody else has one certificate, on every device."
        ]
    }
}
