// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// What a command costs before it does anything: processor time of short commands, against the program's own help, which
/// opens nothing. A command that needs no CA must not pay for the profiles of all.
struct StartFigures {
    let bench: Bench

    /// The backend CA of the gateway is one of a REST profile, whose expressions are many.
    private static let commands: [(words: [String], goal: Figure.Goal?)] = [
        (["order", "list"], .below(4)), (["export"], .below(4)), (["connector", "list"], .below(8)),
        (["ca", "list"], nil),
    ]

    func run() throws -> [Figure] {
        guard let connector = bench.restConnector else { return [] }
        let home = try makeGateway(connector)
        var base = Series()
        var costs = Self.commands.map { _ in Series() }
        for round in 1...bench.scale.rounds * 4 {
            bench.say("start, round \(round) of \(bench.scale.rounds * 4)")
            base.add(try milliseconds(["--help"]))
            for (index, command) in Self.commands.enumerated() {
                costs[index].add(try milliseconds(["--home", home] + command.words))
            }
        }
        return zip(Self.commands, costs).flatMap { command, cost -> [Figure] in
            var ratio = Series()
            for (own, other) in zip(cost.values, base.values) { ratio.add(own / other) }
            let line = "certway \(command.words.joined(separator: " "))"
            return [
                Figure(title: "start, \(line): processor time", unit: .milliseconds, series: cost, commands: [line]),
                Figure(
                    title: "start, \(line): processor time, of certway --help", unit: .ratio, series: ratio,
                    goal: command.goal, commands: [line, "certway --help"]),
            ]
        }
    }

    /// Nobody's application and group: the commands that are measured call nobody.
    private static let id: JSONValue = "11111111-2222-4333-8444-555555555555"

    private func makeGateway(_ connector: String) throws -> String {
        let folder = "\(bench.folder)/start"
        let home = try PlanGateway(folder: folder, bench: bench).make(tenant: [
            "id": "tenant.example", "clientID": Self.id, "groups": ["smime": Self.id], "clientSecret": "secret",
            "login": "http://127.0.0.1:1", "graph": "http://127.0.0.1:1",
        ])
        let settings = BenchmarkProfiles(folder: nil).catalogue.outline(named: connector)?.settings ?? []
        let secrets = settings.filter { $0.type == .secret }.map { "\($0.key): \"file:\(folder)/client-secret\"" }
        let others = settings.filter { $0.type != .secret && $0.isRequired }.map { setting in
            switch setting.type {
            case .text, .secret: "\(setting.key): text"
            case .integer: "\(setting.key): 1"
            case .boolean: "\(setting.key): true"
            case .choice: "\(setting.key): \(setting.choices.first?.value ?? "any")"
            case .file: "\(setting.key): \(folder)"
            }
        }
        let yaml = """
            backendCAs:
              - {name: rest, connector: \(connector), acceptedRoots: \(folder)/ca/root.pem, settings: {\((secrets + others).joined(separator: ", "))}}
            """
        try Data(yaml.utf8).write(to: URL(filePath: "\(folder)/rest.yaml"))
        _ = try milliseconds(["--home", home, "apply", "-f", "\(folder)/rest.yaml"])
        return home
    }

    private func milliseconds(_ words: [String]) throws -> Double {
        let cost = try bench.bare("measure", ["/dev/stdout", Programs.sibling("certway")] + words).run()
        guard let seconds = cost["cpuSeconds"]?.number else {
            throw BenchmarkError("no processor time in: \(cost.text.prefix(200))")
        }
        return seconds * 1000
    }
}
