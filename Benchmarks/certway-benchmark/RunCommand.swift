// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation

/// `certway-benchmark run`: everything, with a report.
enum RunCommand {
    private static let marker = "<!-- everything below is written by Scripts/benchmark --write -->"

    static let command = Command(
        "run", "measure everything and report it",
        options: [
            .value("bare", "DIR", "folder of the compiled programs of Benchmarks/bare"),
            .flag("quick", "smaller rounds, a few minutes; the figures vary more"),
            .choice(
                "only", ["start", "keys", "pipeline", "connection", "connector", "plan", "life", "store"],
                "measure only this part"),
            .value("people", "N", "people of the largest tenant of plan and life, beside one of 1000"),
            .choice("output", ["table", "json"], "how the report is printed", default: "table"),
            .value("write", "FILE", "also replace the figures in this Markdown file"),
        ]
    ) { invocation in
        let isQuick = invocation.flag("quick")
        var load = 0.0
        getloadavg(&load, 1)
        let usual: BenchmarkScale = isQuick ? .quick : .full
        let scale = try invocation.int("people", in: 1...1_000_000).map { usual.with(people: $0) } ?? usual
        let bench = try Bench(scale: scale, bareFolder: invocation.value("bare") ?? ".")
        if bench.restConnector == nil { bench.say("no REST connector profile: those figures are left out") }
        let parts: [(String, () throws -> [Figure])] = [
            ("start", StartFigures(bench: bench).run), ("keys", KeyFigures(bench: bench).run),
            ("pipeline", PipelineFigures(bench: bench).run),
            ("connection", ConnectionFigures(bench: bench).run),
            ("connector", ConnectorFigures(bench: bench).run), ("plan", PlanFigures(bench: bench).run),
            ("life", LifeFigures(bench: bench).run), ("store", StoreFigures(bench: bench).run),
        ]
        var figures: [Figure] = []
        for (name, run) in parts where invocation.value("only").map({ $0 == name }) ?? true { figures += try run() }
        let report = BenchmarkReport(figures: figures, isQuick: isQuick, loadBefore: load)
        invocation.value("output") == "json"
            ? Terminal.print(json: report.json.text) : Terminal.print(lines: report.text)
        if let file = invocation.value("write") { try write(report, to: file) }
        return .done
    }

    /// Keeps what people wrote above the marker.
    private static func write(_ report: BenchmarkReport, to file: String) throws {
        let url = URL(filePath: file)
        let text = try String(contentsOf: url, encoding: .utf8)
        guard let range = text.range(of: marker) else {
            throw BenchmarkError("\(file) has no line '\(marker)': the figures go below it")
        }
        try Data("\(text[..<range.upperBound])\n\n\(report.markdown)".utf8).write(to: url)
    }
}
