// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import JSONDocuments

/// What one run has measured, for people, programs and docs/benchmark.md.
struct BenchmarkReport {
    let figures: [Figure]
    let isQuick: Bool
    /// Processes that wanted a core before the first measurement; anything near the number of cores widens the ranges.
    let loadBefore: Double
    private let date = Date()

    var json: JSONValue {
        [
            "date": .string(day), "machine": .string(machine), "quick": JSONValue(isQuick),
            "figures": .array(figures.map(\.json)),
        ]
    }

    var text: String {
        var table = TextTable("FIGURE", "MEDIAN", "RANGE (ROUNDS)", "GOAL", "")
        for figure in figures {
            table.add(figure.title, figure.medianText, figure.rangeText, figure.goalText, figure.verdict)
        }
        let commands = figures.reduce(into: [String]()) { list, figure in
            for command in figure.commands where !list.contains(command) { list.append(command) }
        }
        return """
            \(table.text)

            measured in one run on \(machine), \(day), by these commands:
            \(commands.map { "  \($0)" }.joined(separator: "\n"))
            """
    }

    /// The last figures, as docs/benchmark.md has them below its explanation.
    var markdown: String {
        var lines = [
            "\(day), \(machine)\(isQuick ? ", `--quick`" : "").", "",
            "| figure | median | range (rounds) | goal | |", "|---|---|---|---|---|",
        ]
        for figure in figures {
            lines.append(
                "| \(figure.title) | \(figure.medianText) | \(figure.rangeText) | \(figure.goalText) | \(figure.verdict) |"
            )
        }
        lines += ["", "Commands, in the order of the table:", ""]
        for figure in figures {
            lines.append("- \(figure.title)")
            for command in figure.commands { lines.append("  - `\(command)`") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var day: String { date.formatted(.iso8601.year().month().day()) }

    private var machine: String {
        let information = try? String(contentsOf: URL(filePath: "/proc/cpuinfo"), encoding: .utf8)
        let model = information?.split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824
        return "\(ProcessInfo.processInfo.activeProcessorCount) cores (\(model ?? "processor unknown")), "
            + "\(Int(memory.rounded())) GB, load \((loadBefore * 10).rounded() / 10) before the run"
    }
}
