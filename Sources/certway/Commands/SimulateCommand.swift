// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import ConnectorKit
import Delivery
import Foundation
import Gateway
import HTTPTransport
import JSONDocuments
import KeyArchival
import Ledger
import PKIX
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
            stand on the CAs' lists, and whether every archived key opens. Exit status 4 says that a promise did not hold.

            --scenario FILE describes another year: your policy, your CAs, your accidents; see docs/manual/simulate.md. The same
            scenario and seed make the same events.
            """,
        options: [
            .value("people", "N", "people in the enrollment group when it begins (default: the scenario's, or 500)"),
            .value("months", "N", "how long (default: the scenario's, or 12)"),
            .value("seed", "N", "decides whom things happen to, and when (default: the scenario's, or 4711)"),
            .value("scenario", "FILE", "what happens, as YAML; - for standard input"),
            .value("kills", "N", "passes that are killed at random moments", default: "0"),
            .value("keep", "DIR", "keep home, configuration and records.json in this new folder"),
            .flag("dry-run", "print the events with their dates, and run nothing"),
        ],
        examples: [
            ("certway simulate --people 10 --months 2", "two months of ten people"),
            ("certway simulate --people 500 --seed 4711 --output json", "a year of 500 people; one JSON object"),
            ("certway simulate --scenario year.yaml --dry-run", "what happens in it, and when?"),
            ("certway simulate --kills 50 --keep year", "killed 50 times; look at it afterwards with --home year/home"),
        ]
    ) { invocation in
        let scenario = try Self.scenario(invocation)
        if invocation.flag("dry-run") {
            Self.show(Schedule(scenario), scenario, invocation)
            return .done
        }
        let kills = try invocation.int("kills", in: 0...10_000) ?? 0
        let folder = try DemoFolder(keep: invocation.value("keep"))
        do {
            let result = try await Self.run(scenario, folder, kills: kills, invocation)
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

    private static func run(
        _ scenario: Scenario, _ folder: DemoFolder, kills: Int, _ invocation: Invocation
    ) async throws -> SimulationResult {
        let start = ContinuousClock.now
        let http = CurlHTTPClient()
        let home = GatewayHome(option: folder.path("home"), store: "sqlite:\(folder.path("home"))/certway.db")
        try home.create()
        let sandbox = try SandboxService(
            [
                "--users", "\(scenario.people)", "--unlimited", "--seed", "\(scenario.seed)", "--only", "tenant",
                "--clock",
                home.clockFile, "--start", scenario.start.addingTimeInterval(5 * 3600).formatted(.iso8601),
            ] + scenario.authorities.flatMap { ["--only", $0] } + (scenario.isHostile ? ["--hostile"] : []), http: http)
        let gateway = try SimulatedGateway(
            scenario, sandbox, folder: folder, home: home, profiles: invocation.profiles)
        try await gateway.configure()
        var year = SimulatedYear(
            scenario, sandbox, try await SimulatedWorld(sandbox, scenario), gateway, kills: kills
        ) { Terminal.complain($0) }
        let outcome = try await year.run()
        let records = try await SimulationRecords.collect(sandbox, outcome.world, scenario, http: http)
        if invocation.value("keep") != nil { try folder.write(records.json.text, to: "records.json") }
        var result = SimulationResult(
            scenario: scenario, months: outcome.months, kills: outcome.kills, killsAsked: kills)
        result.verdict = try SimulationJudge(records.json, scenario.templates.map { SimulationPolicy($0) }).verdict()
        try await openKeys(gateway, sandbox, records, &result, invocation)
        result.seconds = start.duration(to: .now) / .seconds(1)
        return result
    }

    /// Opens what lies in Intune as the certificate connector does, and what is archived as the recovery agent does.
    private static func openKeys(
        _ simulated: SimulatedGateway, _ sandbox: SandboxService, _ records: SimulationRecords,
        _ result: inout SimulationResult, _ invocation: Invocation
    ) async throws {
        let intune = sandbox.description["tenant"]?["intune"]
        let verifier = try PFXImportVerifier(
            privateKey: PrivateKey(pem: .init(intune?["privateKeyPEM"]?.string ?? "")),
            providerName: intune?["providerName"]?.string ?? "", keyName: intune?["keyName"]?.string ?? "")
        for entity in records.json["pfx"]?.array ?? [] {
            do {
                _ = try verifier.open(entity)
                result.keysOpened += 1
            } catch {
                result.keysUnreadable.append(
                    "\(entity["userPrincipalName"]?.string ?? "?"): PFX does not open: \(error)")
            }
        }
        let agent = try Certificate(pem: SettingsFile(path: simulated.kraCertificate).text())
        let key = try PrivateKey(pem: SettingsFile(path: simulated.kraKey).secret())
        let gateway = try await Gateway.open(invocation, home: simulated.home)
        if !result.scenario.prices.isEmpty, let currency = Currency(Scenario.currency) {
            // What is under way is not paid for yet.
            let report = try await CostAdministration(gateway.store).report(
                .month, from: CalendarMonth(of: result.scenario.start), to: CalendarMonth(of: result.scenario.end))
            let units = report.rows.filter { $0.currency == currency }.reduce(Int64(0)) {
                $0 + ($1.cost?.units ?? 0) - ($1.underWayCost?.units ?? 0)
            }
            result.spentInLedger = Money(units: units, currency)
        }
        while true {
            let page = try await gateway.ledger.certificates(
                CertificateFilter(limit: 200, offset: result.certificatesInLedger))
            guard !page.isEmpty else { return }
            result.certificatesInLedger += page.count
            for record in page {
                let purpose = SimulationPolicy.purpose(of: record.template, in: result.scenario)
                guard let archived = try await gateway.ledger.archivedKey(certificateID: record.id) else {
                    if purpose.isArchivable {
                        result.keysUnreadable.append(
                            "\(record.userPrincipalName): no key is archived for \(record.serialNumber)")
                    }
                    continue
                }
                do {
                    _ = try KeyArchive.recover(
                        cms: archived.cms, certificate: agent, key: key, subscriber: Certificate(der: record.der))
                    result.keysOpened += 1
                } catch {
                    result.keysUnreadable.append(
                        "\(record.userPrincipalName): the archived key does not open: \(error)")
                }
            }
        }
    }
}
