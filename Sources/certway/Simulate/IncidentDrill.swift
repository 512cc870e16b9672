// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Gateway
import HTTPTransport
import JSONDocuments
import Ledger
import PKIX
import Settings

/// A rehearsal: a made-up company whose certificates are all replaced by a deadline, judged by what the sandbox has on record.
struct IncidentDrill {
    private static let name = "drill"
    /// Between two passes of the incident.
    private static let step: TimeInterval = 1800
    /// Proofs of mailboxes have ended by then.
    private static let age: TimeInterval = 40 * 86_400

    let people: Int
    let deadline: Duration
    let switchesCA: Bool
    let isHostile: Bool
    let kills: Int
    let seed: Int

    struct Result {
        var people = 0
        var seconds = 0.0
        /// Hours of the made-up world from the start to the last revocation.
        var hours = 0.0
        var inTime = false
        var kills = 0
        var withoutCertificate: Set<String> = []
        var doubled = 0
        var notRevoked = 0
        var progress: JSONValue = .null

        var violations: [String] {
            [
                withoutCertificate.isEmpty
                    ? nil
                    : "without a valid certificate for a while: \(withoutCertificate.sorted().joined(separator: ", "))",
                doubled > 0 ? "bought twice: \(doubled)" : nil,
                notRevoked > 0 ? "not revoked: \(notRevoked)" : nil, inTime ? nil : "not done by the deadline",
            ].compactMap(\.self)
        }

        var json: JSONValue {
            [
                "people": JSONValue(people), "seconds": .number((seconds * 10).rounded() / 10),
                "hours": .number((hours * 10).rounded() / 10), "inTime": .bool(inTime), "kills": JSONValue(kills),
                "withoutCertificate": JSONValue(withoutCertificate.count), "doubled": JSONValue(doubled),
                "notRevoked": JSONValue(notRevoked), "violations": JSONValue(violations), "progress": progress,
            ]
        }

        var text: String {
            let end =
                violations.isEmpty
                ? "every promise held" : violations.map { "BROKEN: \($0)" }.joined(separator: "\n")
            return """
                \(Plural(people, "person", "people")) replaced in \((hours * 10).rounded() / 10) hours of their time, \
                \(Int(seconds)) s of yours; \(Plural(kills, "pass", "passes")) killed
                nobody without a valid certificate: \(withoutCertificate.isEmpty ? "yes" : "NO"); bought twice: \(doubled); \
                old certificates in force: \(notRevoked)
                \(end)
                """
        }
    }

    func run(_ folder: DemoFolder, _ profiles: Profiles, progress: (String) -> Void) async throws -> Result {
        let start = ContinuousClock.now
        let scenario = scenario(profiles)
        let home = GatewayHome(option: folder.path("home"), store: "sqlite:\(folder.path("home"))/certway.db")
        try home.create()
        let sandbox = try SandboxService(
            [
                "--users", "\(people)", "--unlimited", "--seed", "\(seed)", "--only", "tenant", "--clock",
                home.clockFile,
                "--start", scenario.start.addingTimeInterval(6 * 3600).formatted(.iso8601),
            ] + scenario.authorities.flatMap { ["--only", $0] } + (isHostile ? ["--hostile"] : []),
            http: CurlHTTPClient())
        let gateway = try SimulatedGateway(scenario, sandbox, folder: folder, home: home, profiles: profiles)
        try await gateway.configure()
        var world = IncidentDrillWorld(sandbox: sandbox, authorities: scenario.authorities)
        progress("giving \(Plural(people, "person", "people")) a certificate")
        for _ in 0..<40 {
            _ = try await gateway.pass()
            try await world.look()
            if world.good.count == people { break }
            try await world.advance(600)
        }
        guard world.good.count == people else {
            throw SettingsError("the drill did not begin: \(world.good.count) of \(people) people got a certificate")
        }
        let old = Set(world.held.map(\.serial))
        try await world.advance(Self.age)
        return try await replace(old, gateway, &world, scenario, progress, since: start)
    }

    private func replace(
        _ old: Set<String>, _ gateway: SimulatedGateway, _ world: inout IncidentDrillWorld, _ scenario: Scenario,
        _ progress: (String) -> Void, since start: ContinuousClock.Instant
    ) async throws -> Result {
        var result = Result()
        result.people = people
        var arguments = [
            "incident", "start", Self.name, "--template", "smime", "--deadline", deadline.text, "--because", "a drill",
            "--canary", "1", "--canary-auto", "--accept", "\(people)",
        ]
        if switchesCA, let other = scenario.authorities.last, let product = gateway.products[other]?.first {
            arguments += ["--to-backend-ca", other, "--to-product", product]
        }
        let started = try await gateway.command(arguments + ["--output", "json"])
        guard started.status == 0 else {
            throw SettingsError("the incident does not start: \(started.errors)", at: .state)
        }
        let steps = Int(deadline.seconds / Self.step)
        var random = SimulationRandom(seed, "incident kills")
        var usual = 1.0
        for step in 1...max(1, steps) {
            if result.kills < kills {
                let run = try await gateway.pass(killedAfter: Double.random(in: 0.05...max(0.1, usual), using: &random))
                if run.wasKilled { result.kills += 1 }
            }
            let run = try await gateway.pass()
            usual = (usual + run.seconds) / 2
            try await world.look()
            result.withoutCertificate.formUnion(world.addresses.subtracting(world.good))
            let shown = try await gateway.command(["incident", "show", Self.name, "--output", "json"]).json ?? .null
            result.progress = shown
            result.hours = Double(step) * Self.step / 3600
            if step % 4 == 1 {
                progress(
                    "\(result.hours) h: \(shown["replaced"]?.int ?? 0) replaced, \(shown["revoked"]?.int ?? 0) revoked")
            }
            if shown["incident"]?["state"] == "done" {
                result.inTime = true
                break
            }
            try await world.advance(Self.step)
        }
        result.notRevoked = world.held.count { old.contains($0.serial) && !$0.isRevoked }
        result.doubled = world.doubled
        result.seconds = start.duration(to: .now) / .seconds(1)
        return result
    }

    private func scenario(_ profiles: Profiles) -> Scenario {
        var scenario = Scenario()
        scenario.people = people
        scenario.seed = seed
        scenario.months = 3
        scenario.isHostile = isHostile
        let usual = SimulatedAuthorities(profiles).usual
        scenario.authorities = switchesCA ? usual : Array(usual.prefix(1))
        scenario.start = Scenario.calendar.date(from: DateComponents(year: 2027, month: 1, day: 4)) ?? .now
        return scenario
    }
}
