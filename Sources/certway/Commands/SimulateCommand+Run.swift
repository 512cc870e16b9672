// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import Gateway
import HTTPTransport
import JSONDocuments
import KeyArchival
import Ledger
import PKIX
import Settings

extension SimulateCommand {
    static func run(
        _ scenario: Scenario, _ folder: DemoFolder, kills: Int, engine: String, nodes: Int, _ invocation: Invocation
    ) async throws -> SimulationResult {
        let start = ContinuousClock.now
        let http = CurlHTTPClient()
        let store = try await DemoStore(engine, in: folder)
        let home = GatewayHome(option: folder.path("home"), store: store.url)
        try home.create()
        let sandbox = try SandboxService(
            [
                "--users", "\(scenario.people)", "--unlimited", "--seed", "\(scenario.seed)", "--only", "tenant",
                "--clock",
                home.clockFile, "--start", scenario.start.addingTimeInterval(5 * 3600).formatted(.iso8601),
            ] + scenario.authorities.flatMap { ["--only", $0] } + (scenario.isHostile ? ["--hostile"] : []), http: http)
        var gateway = try SimulatedGateway(
            scenario, sandbox, folder: folder, home: home, profiles: invocation.profiles,
            store: engine == "sqlite" ? nil : store.url)
        try await gateway.configure()
        try gateway.add(nodes: nodes)
        var year = SimulatedYear(
            scenario, sandbox, try await SimulatedWorld(sandbox, scenario), gateway,
            SimulatedHandOuts(home, invocation.profiles, invocation.logger, scenario), kills: kills
        ) { Terminal.complain($0) }
        let outcome = try await year.run()
        let records = try await SimulationRecords.collect(
            sandbox, outcome.world, outcome.gateway, outcome.handOuts, scenario, http: http)
        if invocation.value("keep") != nil { try folder.write(records.json.text, to: "records.json") }
        var result = SimulationResult(
            scenario: scenario, months: outcome.months, kills: outcome.kills, killsAsked: kills, store: engine,
            nodes: nodes)
        result.verdict = try SimulationJudge(records.json).verdict()
        try await openArchive(outcome.gateway, &result, invocation)
        result.seconds = start.duration(to: .now) / .seconds(1)
        await GatewayStore.closeAll()
        await store.end()
        return result
    }

    /// Opens what is archived as the recovery agent does, and compares the gateway's own account.
    private static func openArchive(
        _ simulated: SimulatedGateway, _ result: inout SimulationResult, _ invocation: Invocation
    ) async throws {
        guard let name = simulated.agents.last else { return }
        let agent = try Certificate(pem: SettingsFile(path: simulated.agentCertificate(name)).text())
        let key = try PrivateKey(pem: SettingsFile(path: simulated.agentKey(name)).secret())
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
                        result.verdict.keysUnreadable.append(
                            "\(record.userPrincipalName): no key is archived for \(record.serialNumber)")
                    }
                    continue
                }
                do {
                    _ = try KeyArchive.recover(
                        cms: archived.cms, certificate: agent, key: key, subscriber: Certificate(der: record.der))
                    result.verdict.keysOpened += 1
                } catch {
                    result.verdict.keysUnreadable.append(
                        "\(record.userPrincipalName): the archived key does not open: \(error)")
                }
            }
        }
    }
}
