// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Lets the days of a scenario pass: the world changes, and the gateway makes its passes.
struct SimulatedYear {
    private let scenario: Scenario
    private let sandbox: SandboxService
    private var world: SimulatedWorld
    private var gateway: SimulatedGateway
    private var killer: PassKiller
    private var handOuts: SimulatedHandOuts
    private let progress: (String) -> Void
    private var months: [SimulationResult.Month] = []
    private var counted = (paid: 0, revoked: 0)
    private var now: Date
    /// People whose certificate somebody has ended who is not the gateway: nothing follows until an administrator says so.
    private var bereft: Set<Int> = []

    init(
        _ scenario: Scenario, _ sandbox: SandboxService, _ world: SimulatedWorld, _ gateway: SimulatedGateway,
        _ handOuts: SimulatedHandOuts, kills: Int,
        progress: @escaping (String) -> Void
    ) {
        self.scenario = scenario
        self.sandbox = sandbox
        self.world = world
        self.gateway = gateway
        self.handOuts = handOuts
        killer = PassKiller(kills: kills, days: scenario.days, seed: scenario.seed)
        self.progress = progress
        now = scenario.start
    }

    struct Outcome {
        var world: SimulatedWorld
        /// As it is configured at the end.
        var gateway: SimulatedGateway
        var handOuts: SimulatedHandOuts
        var months: [SimulationResult.Month]
        var kills: Int
    }

    mutating func run() async throws -> Outcome {
        let schedule = Schedule(scenario)
        var left = schedule.occurrences[...]
        for day in 0..<scenario.days {
            let morning = scenario.start.addingTimeInterval(Double(day) * 86_400 + 6 * 3600)
            try await begin(morning)
            let end = morning.addingTimeInterval(18 * 3600)
            killer.begin(day: day)
            let isQuiet = left.first.map { $0.date >= end } ?? true
            if isQuiet, day % scenario.passEvery > 0, !killer.isWaiting { continue }
            var isBusy = try await pass(at: morning)
            var (hour, events) = (12.0, 0)
            while let next = left.first, next.date < end {
                left.removeFirst()
                try await apply(next)
                events += 1
            }
            if events > 0 { hour = 18 }
            // What has begun is followed up on the same day, as far as it goes.
            while events > 0 || isBusy, hour < 24 {
                isBusy = try await pass(at: scenario.start.addingTimeInterval(Double(day) * 86_400 + hour * 3600))
                events = 0
                hour += 2
            }
        }
        try await settleNotices()
        for hour in 0..<4 where try await pass(at: scenario.end.addingTimeInterval(Double(hour) * 3600)) {}
        try await finishMonth()
        return Outcome(
            world: world, gateway: gateway, handOuts: handOuts, months: months, kills: killer.struck)
    }

    private mutating func begin(_ morning: Date) async throws {
        let name = String(morning.day.prefix(7))
        guard months.last?.name != name else { return }
        if !months.isEmpty { try await finishMonth() }
        months.append(SimulationResult.Month(name: name))
    }

    private mutating func finishMonth() async throws {
        try await world.look(at: months[months.count - 1].name, now)
        try await settleNotices()
        let state = try await sandbox.control("/control/state")
        var (paid, revoked) = (0, 0)
        for counts in (state["cas"]?.object ?? [:]).values {
            for (status, count) in counts.object ?? [:] where ["issued", "revoked", "expired"].contains(status) {
                paid += count.int ?? 0
            }
            // An order may stay issued whose certificate is revoked.
            revoked += counts["certificatesRevoked"]?.int ?? 0
        }
        months[months.count - 1].people = state["members"]?.int ?? 0
        months[months.count - 1].ordersPaid = paid - counted.paid
        months[months.count - 1].revoked = revoked - counted.revoked
        counted = (paid, revoked)
        progress(months[months.count - 1].line)
    }

    private mutating func apply(_ occurrence: Occurrence) async throws {
        try await set(occurrence.date)
        try await world.apply(occurrence, products: gateway.products)
        if !occurrence.isEnd {
            months[months.count - 1].happened[occurrence.event.kind.rawValue, default: 0] += max(
                1, occurrence.people.count)
        }
        switch (occurrence.event.kind, occurrence.isEnd) {
        case (.switchCA, false): try await gateway.change(to: occurrence.event.ca)
        case (.renameProduct, true): try await gateway.change(renamed: world.renamed)
        case (.rotateConnectorKey, false): try await gateway.rotateConnectorKey()
        case (.retireAgent, false): try await gateway.retireAgent()
        case (.retireAgent, true): try await rewrap()
        case (.recoverKey, false), (.handOver, false): try await handOuts.begin(occurrence, world)
        case (.recoverKey, true), (.handOver, true): try await handOuts.end(occurrence, world)
        case (.deleteInIntune, false), (.revokeAtCA, false): bereft.formUnion(occurrence.people)
        default: break
        }
    }

    /// Plays the administrator who reads that the CA or somebody at Intune has ended a certificate, and that nothing follows by itself.
    private mutating func orderAgain() async throws {
        for number in bereft.sorted() {
            guard let name = world.people[number]?.userPrincipalName, !world.isAway(number) else { continue }
            let told = try await gateway.command(["why", name, "--output", "json"])
            for answer in told.json?["templates"]?.array ?? [] {
                guard ["ended", "withdrawn"].contains(answer["status"]?.string),
                    let order = answer["order"]?["reference"]?.string
                else { continue }
                if try await gateway.command(["order", "again", order]).status == 0 { bereft.remove(number) }
            }
        }
    }

    /// All that is archived is encrypted for the new agent, which is broken off where a kill is due, and the old one goes.
    private mutating func rewrap() async throws {
        let month = months.count - 1
        if let moment = killer.moment {
            let run = try await gateway.rewrap(killedAfter: moment)
            killer.note(run)
            if run.wasKilled { months[month].kills += 1 }
        }
        let run = try await gateway.rewrap()
        if run.status != 0 { note(run.lastWords) }
        try await gateway.forgetAgents()
    }

    /// Plays the administrator who looks into the mailbox where nobody knows whether a mail has left, and sends again what has not.
    private func settleNotices() async throws {
        let listed = try await gateway.command(
            ["notification", "pending", "--state", "unknown", "--all", "--output", "json"])
        let doubtful = (listed.json?.array ?? []).compactMap { $0["id"]?.string }
        guard !doubtful.isEmpty else { return }
        let headers = (try await sandbox.control("/control/mails")["mails"]?.array ?? []).flatMap {
            $0["message"]?["internetMessageHeaders"]?.array ?? []
        }
        let left = Set(headers.filter { $0["name"] == "x-certway-notice" }.compactMap { $0["value"]?.string })
        for id in doubtful where !left.contains(id) {
            _ = try await gateway.command(["notification", "send-again", id])
        }
    }

    private mutating func note(_ problem: String) {
        let month = months.count - 1
        guard months[month].problems.count < 20, !months[month].problems.contains(problem) else { return }
        months[month].problems.append(problem)
    }

    private mutating func set(_ date: Date) async throws {
        now = date
        _ = try await sandbox.control("/control/clock", ["set": .string(date.formatted(.iso8601))])
    }

    /// - Returns: whether something is under way that another pass of the day may finish.
    private mutating func pass(at date: Date) async throws -> Bool {
        try await set(date)
        let month = months.count - 1
        while let moment = killer.moment {
            let runs = try await gateway.pass(killedAfter: moment, node: killer.victim)
            killer.note(runs.first(where: \.wasKilled) ?? runs[0])
            months[month].passes += 1
            months[month].seconds += runs.map(\.seconds).max() ?? 0
            months[month].kills += runs.count(where: \.wasKilled)
        }
        let runs = try await gateway.pass()
        let seconds = runs.map(\.seconds).max() ?? 0
        killer.learn(seconds)
        months[month].passes += 1
        months[month].seconds += seconds
        for run in runs {
            guard let json = run.json else {
                note(run.lastWords)
                continue
            }
            for problem in json["problems"]?.array?.compactMap(\.string) ?? [] { note(problem) }
        }
        // Who ended last knows most.
        guard let json = runs.max(by: { $0.ended < $1.ended })?.json else { return false }
        try await orderAgain()
        let open = ["planned", "keyed", "submitted", "pending", "issued", "delivered"].reduce(0) {
            $0 + (json["orders"]?[$1]?.int ?? 0)
        }
        return open > (json["held"]?.int ?? 0)
    }
}
