// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Settings

/// `certway simulate`: a made-up year of a company.
enum SimulateCommand {
    static let command = Command(
        "simulate", "a made-up year of a company, in minutes: what is ordered, what it costs, what goes wrong",
        discussion: """
            Starts a sandbox tenant and CAs whose clock runs through months in minutes. People join, marry, leave and change their
            addresses; CAs fail, change their issuing certificate, are switched; secrets end. The gateway makes its passes day by
            day, each a process of its own that --kills strikes at random moments. In the end the sandbox's own records say whether
            everybody has one valid certificate and nobody else has, whether an order was paid twice or lost, whether revocations
            stand on the CAs' lists, whether every archived key opens, whether everybody has the keys for mail of any month and nobody
            else has them, whether others find the certificates of today and no others, whether keys that were recovered or handed
            over came once and to the right person, and whether each notice left once. Exit status 4 says that a promise did not
            hold.

            --scenario FILE describes another year: your policy, your CAs, your accidents; see docs/manual/simulate.md. The same
            scenario and seed make the same events.
            """,
        options: [
            .value("people", "N", "people in the enrollment group when it begins (default: the scenario's, or 500)"),
            .value("months", "N", "how long (default: the scenario's, or 12)"),
            .value("seed", "N", "decides whom things happen to, and when (default: the scenario's, or 4711)"),
            .value("scenario", "FILE", "what happens, as YAML; - for standard input"),
            .value("kills", "N", "passes that are killed at random moments", default: "0"),
            .choice("store", DemoStore.engines, "where the database is; a server is started for it", default: "sqlite"),
            .value("nodes", "N", "gateways that work on the server's database at once", default: "1"),
            .value("keep", "DIR", "keep home, configuration and records.json in this new folder"),
            .value("judge", "FILE", "run nothing, and judge the records.json that --keep has left"),
            .flag("dry-run", "print the events with their dates, and run nothing"),
        ],
        examples: [
            ("certway simulate --people 10 --months 2", "two months of ten people"),
            ("certway simulate --people 500 --seed 4711 --output json", "a year of 500 people; one JSON object"),
            ("certway simulate --scenario year.yaml --dry-run", "what happens in it, and when?"),
            ("certway simulate --judge year/records.json", "what do the records of that year say?"),
            ("certway simulate --people 2000 --store postgresql --nodes 2 --kills 100", "two gateways on one server"),
            ("certway simulate --kills 50 --keep year", "killed 50 times; look at it afterwards with --home year/home"),
        ]
    ) { invocation in
        if let file = invocation.value("judge") { return try judge(InputFile(file), invocation) }
        let scenario = try Self.scenario(invocation)
        if invocation.flag("dry-run") {
            Self.show(Schedule(scenario), scenario, invocation)
            return .done
        }
        let kills = try invocation.int("kills", in: 0...10_000) ?? 0
        let nodes = try invocation.int("nodes", in: 1...8) ?? 1
        let engine = invocation.value("store") ?? "sqlite"
        guard nodes == 1 || engine != "sqlite" else {
            throw UsageError("--nodes: several gateways need a server; add --store postgresql", path: invocation.path)
        }
        let folder = try DemoFolder(keep: invocation.value("keep"))
        do {
            let result = try await Self.run(
                scenario, folder, kills: kills, engine: engine, nodes: nodes, invocation)
            await GatewayStore.closeAll()
            invocation.wantsJSON
                ? Terminal.print(json: result.json.text)
                : Terminal.print(lines: result.text(kept: invocation.value("keep")))
            return result.violations.isEmpty ? .done : .partlyDone
        } catch {
            await GatewayStore.closeAll()
            throw error
        }
    }

    /// Judges what another run has left.
    private static func judge(_ file: InputFile, _ invocation: Invocation) throws -> ExitStatus {
        let verdict = try SimulationJudge(try JSONValue(parsing: file.text())).verdict()
        let violations = verdict.broken.flatMap { kind in kind.found.map { "\(kind.words): \($0)" } }
        if invocation.wantsJSON {
            Terminal.print(
                json: JSONValue.object(verdict.json.merging(["violations": JSONValue(violations)]) { $1 }).text)
        } else {
            Terminal.print(
                lines: violations.isEmpty ? "Every promise held." : violations.joined(separator: "\n"))
        }
        return violations.isEmpty ? .done : .partlyDone
    }

    private static func scenario(_ invocation: Invocation) throws -> Scenario {
        let authorities = SimulatedAuthorities(invocation.profiles)
        let people = try invocation.int("people", in: 1...100_000)
        let months = try invocation.int("months", in: 1...60)
        let seed = try invocation.int("seed", in: 0...Int(Int32.max))
        let change: (inout Scenario) -> Void = { scenario in
            scenario.people = people ?? scenario.people
            scenario.months = months ?? scenario.months
            scenario.seed = seed ?? scenario.seed
        }
        guard let word = invocation.value("scenario") else {
            var scenario = Scenario()
            scenario.authorities = authorities.usual
            scenario.start = ScenarioReader.usualStart
            scenario.mailboxes = Scenario.usualMailboxes
            change(&scenario)
            scenario.events = Scenario.usualEvents.filter {
                if case .month(let month) = $0.moment { month <= scenario.months } else { true }
            }
            return scenario
        }
        let file = InputFile(word)
        return try ScenarioReader(try file.text(), file: file.name, authorities: authorities).read(change)
    }

    private static func show(_ schedule: Schedule, _ scenario: Scenario, _ invocation: Invocation) {
        if invocation.wantsJSON {
            let value: JSONValue = [
                "start": .string(scenario.start.day), "end": .string(scenario.end.day),
                "people": JSONValue(scenario.people), "seed": JSONValue(scenario.seed),
                "events": .array(schedule.occurrences.map(\.json)),
            ]
            return Terminal.print(json: value.text)
        }
        for occurrence in schedule.occurrences {
            let time = occurrence.date.formatted(.iso8601).prefix(16).replacingOccurrences(of: "T", with: " ")
            Terminal.print(lines: "\(time)  \(occurrence.text)")
        }
        Terminal.print("\(Plural(schedule.occurrences.count, "event")); nothing was run (--dry-run)")
    }
}
