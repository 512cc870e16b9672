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
    /// What is under way is followed up within the step, as a service does, so many times and so many seconds apart.
    private static let followUps = (count: 4, pause: 120.0)
    /// Proofs of mailboxes have ended by then.
    private static let age: TimeInterval = 40 * 86_400

    let people: Int
    let deadline: Duration
    let switchesCA: Bool
    /// Whether the CA in use calls its products otherwise meanwhile.
    let renamesProducts: Bool
    let isHostile: Bool
    let kills: Int
    let seed: Int
    /// Certificates an hour at most; nil for as many as there are.
    let pace: Int?
    /// Of the database, by the names of `DemoStore`.
    let engine: String
    let nodes: Int

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
        /// Requests that the CAs refused because there were too many.
        var overload = 0
        /// Certificates that were said to be replaced or revoked right after a kill, and were not.
        var untrue = 0
        private var begun: Date?
        /// The end that was told when a tenth was done.
        private var foreseen: Date?
        /// When the last old certificate was revoked.
        private var finished: Date?
        /// By how much of the whole time it was wrong; nil where nothing was foreseen.
        var forecastError: Double?
        /// Time in which nothing could go on, which nobody foresees.
        var lost: TimeInterval = 0
        /// Whether people were enough, and passes, that a tenth of the error can be told: a pass is a twentieth of the time at most.
        var isForecastJudged = false

        /// Of the whole time.
        private static let forecastBound = 0.1
        private static let judgedFrom = (people: 200, steps: 20)

        /// What is replaced and revoked, of all.
        var share: Double {
            let done = (progress["replaced"]?.int ?? 0) + (progress["revoked"]?.int ?? 0)
            return Double(done) / Double(max(1, people * 2))
        }

        mutating func claim(_ told: JSONValue?, _ world: IncidentDrillWorld, _ old: Set<String>) {
            let delivered = world.held.count { !old.contains($0.serial) && $0.isInIntune }
            let revoked = world.held.count { old.contains($0.serial) && $0.isRevoked }
            untrue +=
                max(0, (told?["replaced"]?.int ?? 0) - delivered) + max(0, (told?["revoked"]?.int ?? 0) - revoked)
        }

        mutating func foresee(_ now: Date, _ shown: JSONValue) {
            begun = begun ?? now
            guard foreseen == nil, (shown["replaced"]?.int ?? 0) * 10 >= people else { return }
            foreseen = shown["forecast"]?["end"]?.string.flatMap { try? Date($0, strategy: .iso8601) }
        }

        /// Notes the end, once.
        mutating func finish(_ now: Date, _ shown: JSONValue) {
            if finished == nil, (shown["revoked"]?.int ?? 0) >= people { finished = now }
        }

        mutating func compare(_ now: Date) {
            let end = finished ?? now
            guard let begun, let foreseen, end > begun else { return }
            let span = end.timeIntervalSince(begun)
            forecastError = max(0, abs(foreseen.timeIntervalSince(end)) - lost) / span
            isForecastJudged =
                people >= Self.judgedFrom.people && span >= IncidentDrill.step * Double(Self.judgedFrom.steps)
        }

        private var forecastIsWrong: Bool { isForecastJudged && (forecastError ?? 1) > Self.forecastBound }

        var violations: [String] {
            [
                withoutCertificate.isEmpty
                    ? nil
                    : "without a valid certificate for a while: \(withoutCertificate.sorted().joined(separator: ", "))",
                doubled > 0 ? "bought twice: \(doubled)" : nil,
                notRevoked > 0 ? "not revoked: \(notRevoked)" : nil, inTime ? nil : "not done by the deadline",
                overload > 0 ? "beyond the limits of the CAs: \(overload) requests" : nil,
                untrue > 0 ? "said to be done right after a kill, and not done: \(untrue)" : nil,
                forecastIsWrong
                    ? "the end that was foretold at a tenth was wrong by \(Int(((forecastError ?? 1) * 100).rounded())) % of the time"
                    : nil,
            ].compactMap(\.self)
        }

        var json: JSONValue {
            [
                "people": JSONValue(people), "seconds": .number((seconds * 10).rounded() / 10),
                "hours": .number((hours * 10).rounded() / 10), "inTime": .bool(inTime), "kills": JSONValue(kills),
                "withoutCertificate": JSONValue(withoutCertificate.count), "doubled": JSONValue(doubled),
                "notRevoked": JSONValue(notRevoked), "violations": JSONValue(violations), "progress": progress,
                "overload": JSONValue(overload), "untrueAfterKill": JSONValue(untrue),
                "forecastError": forecastError.map { .number(($0 * 1000).rounded() / 1000) } ?? .null,
                "forecastJudged": .bool(isForecastJudged), "foretold": JSONValue(foreseen?.formatted(.iso8601)),
                "finished": JSONValue(finished?.formatted(.iso8601)),
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
        let store = try await DemoStore(engine, in: folder)
        let home = GatewayHome(option: folder.path("home"), store: store.url)
        try home.create()
        let sandbox = try SandboxService(
            [
                "--users", "\(people)", "--unlimited", "--seed", "\(seed)", "--only", "tenant", "--clock",
                home.clockFile,
                "--start", scenario.start.addingTimeInterval(6 * 3600).formatted(.iso8601),
            ] + scenario.authorities.flatMap { ["--only", $0] } + (isHostile ? ["--hostile"] : []),
            http: CurlHTTPClient())
        var gateway = try SimulatedGateway(
            scenario, sandbox, folder: folder, home: home, profiles: profiles,
            store: engine == "sqlite" ? nil : store.url)
        try await gateway.configure()
        try gateway.add(nodes: nodes)
        var world = IncidentDrillWorld(sandbox: sandbox, authorities: scenario.authorities)
        if let limit = scenario.requestLimit { try await world.limit(limit) }
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
        let result = try await replace(old, &gateway, &world, scenario, progress, since: start)
        await store.end()
        return result
    }

    private func replace(
        _ old: Set<String>, _ gateway: inout SimulatedGateway, _ world: inout IncidentDrillWorld, _ scenario: Scenario,
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
        if let pace { arguments += ["--pace", "\(pace)/h"] }
        let started = try await gateway.command(arguments + ["--output", "json"])
        guard started.status == 0 else {
            throw SettingsError("the incident does not start: \(started.errors)", at: .state)
        }
        let steps = Int(deadline.seconds / Self.step)
        var random = SimulationRandom(seed, "incident kills")
        var usual = 1.0
        var renamed = (isBegun: false, isWrittenDown: false, names: [String: [String: String]]())
        for step in 1...max(1, steps) {
            // A third of the way each, so that something is under way when it strikes.
            if result.kills < kills, result.share >= Double(result.kills) / Double(kills) {
                let moment = Double.random(in: 0.05...max(0.1, usual), using: &random)
                let runs = try await gateway.pass(
                    killedAfter: moment, node: Int.random(in: 0..<nodes, using: &random))
                if runs.contains(where: \.wasKilled) {
                    result.kills += 1
                    try await world.look()
                    let told = try await gateway.command(["incident", "show", Self.name, "--output", "json"]).json
                    result.claim(told, world, old)
                }
            }
            if renamesProducts, !renamed.isBegun, result.share > 0.1 {
                renamed.isBegun = true
                // Until they are written down.
                result.lost += Self.step
                let ca = scenario.authorities[0]
                let names = gateway.products[ca] ?? []
                renamed.names = [ca: Dictionary(uniqueKeysWithValues: names.map { ($0, "\((Int($0) ?? 0) + 100)") })]
                try await world.rename(renamed.names[ca] ?? [:], at: ca)
                progress("the CA has renamed its products")
            } else if renamed.isBegun, !renamed.isWrittenDown {
                // An administrator has written them down meanwhile.
                renamed.isWrittenDown = true
                try await gateway.change(renamed: renamed.names)
            }
            let runs = try await gateway.pass()
            usual = (usual + (runs.map(\.seconds).max() ?? 0)) / 2
            var shown = try await show(gateway)
            var spent = 0.0
            while isUnderWay(shown), spent < Self.followUps.pause * Double(Self.followUps.count) {
                try await world.advance(Self.followUps.pause)
                spent += Self.followUps.pause
                _ = try await gateway.pass()
                shown = try await show(gateway)
            }
            try await world.look()
            result.withoutCertificate.formUnion(world.addresses.subtracting(world.good))
            result.progress = shown
            result.hours = Double(step) * Self.step / 3600
            result.foresee(try await world.now(), shown)
            result.finish(try await world.now(), shown)
            if step % 4 == 1 {
                progress(
                    "\(result.hours) h: \(shown["replaced"]?.int ?? 0) replaced, \(shown["revoked"]?.int ?? 0) revoked")
            }
            if shown["incident"]?["state"] == "done" {
                result.inTime = true
                break
            }
            try await world.advance(Self.step - spent)
        }
        result.notRevoked = world.held.count { old.contains($0.serial) && !$0.isRevoked }
        result.doubled = world.doubled
        result.overload = try await world.overload()
        result.compare(try await world.now())
        result.seconds = start.duration(to: .now) / .seconds(1)
        return result
    }

    private func show(_ gateway: SimulatedGateway) async throws -> JSONValue {
        try await gateway.command(["incident", "show", Self.name, "--output", "json"]).json ?? .null
    }

    /// Whether a CA has been asked for something and has not done it yet.
    private func isUnderWay(_ shown: JSONValue) -> Bool {
        ["ordered", "revoking"].contains { (shown["counts"]?[$0]?.int ?? 0) > 0 }
    }

    private func scenario(_ profiles: Profiles) -> Scenario {
        var scenario = Scenario()
        scenario.people = people
        scenario.seed = seed
        scenario.months = 3
        scenario.isHostile = isHostile
        scenario.requestLimit = Scenario.RequestLimit(requests: max(100, people / 5), seconds: 5)
        let usual = SimulatedAuthorities(profiles).usual
        scenario.authorities = switchesCA ? usual : Array(usual.prefix(1))
        scenario.start = Scenario.calendar.date(from: DateComponents(year: 2027, month: 1, day: 4)) ?? .now
        return scenario
    }
}
