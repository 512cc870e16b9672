// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// `certway plan` for tenants of growing size: memory must stay flat, and an unchanged tenant must cost the same whatever
/// its size.
struct PlanFigures {
    let bench: Bench

    private struct Size {
        let users: Int
        var first = Series()
        var second = Series()
        var peak = Series()
        var commands: [String] = []
    }

    func run() throws -> [Figure] {
        var sizes: [Size] = []
        for users in bench.scale.planSizes { sizes.append(try measure(users)) }
        var figures = sizes.flatMap(figures)
        if let small = sizes.first, let large = sizes.last, small.users != large.users {
            let factor = "\(large.users) people, of \(small.users)"
            func compared(_ title: String, _ a: Series, _ b: Series, _ goal: Figure.Goal) -> Figure {
                var series = Series()
                for (large, small) in zip(a.values, b.values) { series.add(large / small) }
                return Figure(
                    title: "plan, \(title): \(factor)", unit: .ratio, series: series, goal: goal,
                    commands: large.commands)
            }
            figures.append(compared("peak memory", large.peak, small.peak, .below(1.5)))
            figures.append(compared("unchanged second pass", large.second, small.second, .below(1.5)))
        }
        return figures
    }

    private func figures(_ size: Size) -> [Figure] {
        [
            Figure(
                title: "plan, \(size.users) people: first pass", unit: .seconds, series: size.first,
                commands: size.commands),
            Figure(
                title: "plan, \(size.users) people: unchanged second pass", unit: .seconds, series: size.second,
                commands: size.commands),
            Figure(
                title: "plan, \(size.users) people: peak memory", unit: .megabytes, series: size.peak,
                goal: .below(150), commands: size.commands),
        ]
    }

    private func measure(_ users: Int) throws -> Size {
        var size = Size(users: users)
        let arguments = ["serve", "--only", "tenant", "--users", "\(users)", "--exit-with-parent"]
        let sandbox = try ServiceProcess(Programs.sibling("certway-sandbox"), arguments)
        for round in 1...bench.scale.planRounds {
            bench.say("plan for \(users) people, round \(round) of \(bench.scale.planRounds)")
            let folder = "\(bench.folder)/plan-\(users)-\(round)"
            let home = try PlanGateway(folder: folder, bench: bench).make(tenant: sandbox.description["tenant"])
            let plan = bench.bare(
                "measure",
                ["\(folder)/cost.json", Programs.sibling("certway"), "--home", home, "plan", "--output", "json"])
            let command = "certway plan --home DIR --output json"
            size.commands = [
                (["certway-sandbox"] + arguments.dropLast()).joined(separator: " "), command,
            ]
            let first = try cost(plan, folder, expecting: users)
            let second = try cost(plan, folder, expecting: 0)
            size.first.add(first.seconds)
            size.second.add(second.seconds)
            size.peak.add(max(first.peak, second.peak))
            try FileManager.default.removeItem(atPath: folder)
        }
        return size
    }

    private func cost(_ plan: Measurement, _ folder: String, expecting evaluated: Int) throws -> (
        seconds: Double, peak: Double
    ) {
        let report = try plan.run()
        guard report["templates"]?[0]?["evaluated"]?.int == evaluated else {
            throw BenchmarkError(
                "plan looked at another number of people than \(evaluated): \(report.text.prefix(500))")
        }
        let cost = try JSONValue(parsing: Data(contentsOf: URL(filePath: "\(folder)/cost.json")))
        return (cost["seconds"]?.number ?? .nan, (cost["peakBytes"]?.number ?? .nan) / 1_048_576)
    }
}
