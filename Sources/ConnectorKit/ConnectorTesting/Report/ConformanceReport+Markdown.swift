// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension ConformanceReport {
    /// For people who judge the CA: a summary, a table of all checks, and the evidence.
    public var markdown: String {
        var lines = ["# Conformance of \(connector)", ""]
        lines.append("\(title), against \(environment), \(started.ISO8601Format()).")
        lines += ["", "**\(outcome.isGreen ? "Green" : "Red")**: " + numbers + ". Only a passed check is a proof."]
        if let shortcoming = outcome.shortcoming { lines += ["", "Not green: \(escaped(shortcoming))."] }
        lines += ["", "| circumstance | value |", "|---|---|"]
        lines += circumstances.map { row([$0.name, $0.value]) }
        lines += [
            row(["orders placed", "\(outcome.ordersPlaced)"]), row(["afterwards", outcome.cleaning]),
            row(["duration", "\(seconds(duration)) s"]),
        ]
        lines += ["", "## Checks", "", "| check | verdict | what a pass proves | why not |", "|---|---|---|---|"]
        lines += outcome.results.map { result in
            row(["`\(result.id)`", result.verdict.word, result.fact, result.verdict.reason ?? ""])
        }
        lines += ["", "## Evidence", ""]
        for result in outcome.results where !result.evidence.isEmpty {
            lines.append("- `\(result.id)` (\(seconds(result.duration)) s)")
            lines += result.evidence.map { "  - \(escaped($0))" }
        }
        if !outcome.left.isEmpty {
            lines += [
                "", "## What stays at the CA", "", "| state | order | serial number | our reference |",
                "|---|---|---|---|",
            ]
            lines += outcome.left.map { row([$0.state.rawValue, $0.order ?? "", $0.serialNumber ?? "", $0.reference]) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var numbers: String {
        counts.filter { $0.count > 0 }.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
    }

    private func row(_ cells: [String]) -> String { "| " + cells.map(escaped).joined(separator: " | ") + " |" }

    /// What a CA wrote must not become markup.
    private func escaped(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("<", with: "&lt;").replacing("\n", with: " ")
    }
}
