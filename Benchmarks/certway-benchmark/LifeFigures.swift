// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// `certway plan` for a tenant in which everybody has a certificate: when nothing has changed, when one in a hundred has, when all must
/// be renewed, and how soon the plan's first page is there.
struct LifeFigures {
    let bench: Bench

    private enum Pass: String, CaseIterable {
        case unchanged = "nothing changed"
        case changed = "1 % changed"
        case renewed = "all must be renewed"
    }

    private struct Size {
        let users: Int
        var seconds: [Pass: Series] = [:]
        var peaks: [Pass: Series] = [:]
        var page = Series()
    }

    func run() throws -> [Figure] {
        var sizes: [Size] = []
        for users in bench.scale.planSizes { sizes.append(try measure(users)) }
        var figures = sizes.flatMap(figures)
        if let small = sizes.first, let large = sizes.last, small.users != large.users {
            var ratio = Series()
            for (large, small) in zip(
                large.seconds[.unchanged]?.values ?? [], small.seconds[.unchanged]?.values ?? [])
            {
                ratio.add(large / small)
            }
            figures.append(
                Figure(
                    title: "life, \(Pass.unchanged.rawValue): \(large.users) people, of \(small.users)", unit: .ratio,
                    series: ratio, goal: .below(1.5), commands: [Self.command]))
        }
        return figures
    }

    private static let command = "certway plan --home DIR --output json"

    private func figures(_ size: Size) -> [Figure] {
        let title = "life, \(size.users) certificates in use"
        return Pass.allCases.flatMap { pass in
            [
                Figure(
                    title: "\(title): \(pass.rawValue)", unit: .seconds, series: size.seconds[pass] ?? Series(),
                    commands: [Self.command]),
                Figure(
                    title: "\(title): \(pass.rawValue), peak memory", unit: .megabytes,
                    series: size.peaks[pass] ?? Series(), goal: .below(250), commands: [Self.command]),
            ]
        } + [
            Figure(
                title: "\(title): the plan's first page", unit: .seconds, series: size.page, goal: .below(1),
                commands: ["certway-benchmark first-page --home DIR"])
        ]
    }

    private func measure(_ users: Int) throws -> Size {
        var size = Size(users: users)
        for round in 1...bench.scale.planRounds {
            bench.say("\(users) people with certificates, round \(round) of \(bench.scale.planRounds)")
            // People are changed, so each round has its own.
            let sandbox = try ServiceProcess(
                Programs.sibling("certway-sandbox"),
                ["serve", "--only", "tenant", "--users", "\(users)", "--exit-with-parent"])
            let folder = "\(bench.folder)/life-\(users)-\(round)"
            let gateway = PlanGateway(folder: folder, bench: bench)
            let home = try gateway.make(tenant: sandbox.description["tenant"])
            func plan(_ pass: Pass?, expecting evaluated: Int? = nil) throws {
                let (seconds, peak) = try cost(
                    folder, Programs.sibling("certway"), ["--home", home, "plan", "--output", "json"], evaluated)
                guard let pass else { return }
                size.seconds[pass, default: Series()].add(seconds)
                size.peaks[pass, default: Series()].add(peak)
            }
            func own(_ arguments: String...) throws {
                _ = try bench.program("certway-benchmark", arguments + ["--home", home]).run()
            }
            try plan(nil, expecting: users)
            try own("certify")
            // Everybody has got one since, and is looked at for that.
            try plan(nil)
            try plan(.unchanged, expecting: 0)
            let changed = max(1, users / 100)
            try own("change", "--control", sandbox.description["control"]?.string ?? "", "--people", "\(changed)")
            try plan(.changed, expecting: changed)
            try gateway.apply(tenant: sandbox.description["tenant"], template: ["renewal": ["before": "120d"]])
            try plan(.renewed, expecting: users)
            size.page.add(
                try cost(folder, Programs.sibling("certway-benchmark"), ["first-page", "--home", home], nil).seconds)
            try FileManager.default.removeItem(atPath: folder)
        }
        return size
    }

    /// - Parameter evaluated: how many people a plan must have looked at; nil for what is none.
    private func cost(
        _ folder: String, _ program: String, _ arguments: [String], _ evaluated: Int?
    ) throws -> (seconds: Double, peak: Double) {
        let report = try bench.bare("measure", ["\(folder)/cost.json", program] + arguments).run()
        if let evaluated, report["templates"]?[0]?["evaluated"]?.int != evaluated {
            throw BenchmarkError(
                "plan looked at another number of people than \(evaluated): \(report.text.prefix(500))")
        }
        let cost = try JSONValue(parsing: Data(contentsOf: URL(filePath: "\(folder)/cost.json")))
        return (cost["seconds"]?.number ?? .nan, (cost["peakBytes"]?.number ?? .nan) / 1_048_576)
    }
}
