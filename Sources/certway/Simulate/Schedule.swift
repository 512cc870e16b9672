// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What happens when, and to whom: made of a scenario and its seed alone, before anything runs.
struct Schedule {
    /// So many days at the end only the scenario's own events happen, so that everything has come to rest when it is judged.
    static let quietDays = 14

    private(set) var occurrences: [Occurrence] = []
    private let scenario: Scenario
    private var company: Company

    /// The people as far as it matters whom something can happen to.
    private struct Company {
        var members: Set<Int>
        /// Left, disabled, or deleted, by how they would come back.
        var away: [Int: ScenarioEvent.Kind] = [:]
        var last: Int
        /// Who may open each shared mailbox.
        var delegates: [Int: Set<Int>] = [:]
    }

    /// Who may open a shared mailbox when the year begins.
    ///
    /// - Parameter mailbox: its number, from 1.
    static func delegates(of mailbox: Int, _ scenario: Scenario) -> [Int] {
        Array(Set((0..<3).map { ((mailbox - 1) * 3 + $0) % scenario.people + 1 })).sorted()
    }

    init(_ scenario: Scenario) {
        self.scenario = scenario
        company = Company(members: Set(1...scenario.people), last: scenario.people)
        for mailbox in 1..<(scenario.mailboxes + 1) {
            company.delegates[mailbox] = Set(Self.delegates(of: mailbox, scenario))
        }
        var planned: [(date: Date, event: ScenarioEvent)] = []
        for (index, event) in scenario.events.enumerated() { planned.append((moment(of: event, index), event)) }
        planned += scenario.rates.keys.sorted { $0.rawValue < $1.rawValue }.flatMap(chance)
        planned.sort { ($0.date, $0.event.kind.rawValue) < ($1.date, $1.event.kind.rawValue) }
        var random = SimulationRandom(scenario.seed, "people")
        var returns: [(date: Date, people: [Int], event: ScenarioEvent)] = []
        var current = scenario.authorities[0]
        for (date, event) in planned {
            for due in returns where due.date <= date { comeBack(due.people) }
            returns.removeAll { $0.date <= date }
            var event = event
            if event.kind.keys.contains("outcome") {
                event.outcome = event.outcome ?? ScenarioEvent.Outcome.allCases.randomElement(using: &random)
            }
            event.days = event.days ?? event.outcome?.usualDays ?? event.kind.usualDays
            if event.kind == .switchCA {
                let others = scenario.authorities.filter { $0 != current }
                event.ca = event.ca ?? others.first
                current = event.ca ?? current
            } else if [.caOutage, .rotateIssuer, .renameProduct].contains(event.kind) {
                event.ca = event.ca ?? current
            }
            if event.kind.keys.contains("mailbox"), event.mailbox == nil {
                guard scenario.mailboxes > 0 else { continue }
                event.mailbox = Int.random(in: 1...scenario.mailboxes, using: &random)
            }
            let people = choose(event, &random)
            if event.kind.concernsPeople, people.isEmpty { continue }
            occurrences.append(Occurrence(date: date, event: event, people: people))
            guard let days = event.days else { continue }
            let end = date.addingTimeInterval(Double(days) * 86_400)
            if event.kind == .leave || event.kind == .disable { returns.append((end, people, event)) }
            occurrences.append(Occurrence(date: end, event: event, isEnd: true, people: people))
        }
        // What lasts longer than the year stays as it is.
        occurrences.removeAll { $0.date >= scenario.end }
        occurrences.sort { $0.date < $1.date }
    }

    private func moment(of event: ScenarioEvent, _ index: Int) -> Date {
        var random = SimulationRandom(scenario.seed, "event \(index)")
        switch event.moment {
        case .date(let date): return date.addingTimeInterval(9 * 3600)
        case .day(let day): return scenario.start.addingTimeInterval(Double(day - 1) * 86_400 + 9 * 3600)
        case .month(let month):
            let first = Scenario.calendar.date(byAdding: .month, value: month - 1, to: scenario.start) ?? scenario.start
            let next = Scenario.calendar.date(byAdding: .month, value: month, to: scenario.start) ?? scenario.end
            return workingDay(Int(next.timeIntervalSince(first) / 86_400), after: first, &random)
        }
    }

    /// The events of one kind that the seed spreads over the year.
    private func chance(_ kind: ScenarioEvent.Kind) -> [(date: Date, event: ScenarioEvent)] {
        var random = SimulationRandom(scenario.seed, kind.rawValue)
        let days = scenario.days - Self.quietDays
        guard days > 0, let rate = scenario.rates[kind] else { return [] }
        let expected = rate / 100 * Double(scenario.people) * Double(scenario.days) / 365
        let count =
            Int(expected) + (Double.random(in: 0..<1, using: &random) < expected - expected.rounded(.down) ? 1 : 0)
        return (0..<count).map { _ in
            (
                workingDay(days, after: scenario.start, &random),
                ScenarioEvent(kind: kind, moment: .day(1), count: kind == .swapAddresses ? 2 : 1)
            )
        }
    }

    private func workingDay(_ days: Int, after first: Date, _ random: inout SimulationRandom) -> Date {
        while true {
            let date = first.addingTimeInterval(Double(Int.random(in: 0..<max(days, 1), using: &random)) * 86_400)
            let minutes = Double(Int.random(in: 0..<(9 * 60), using: &random))
            if days < 7 || !Scenario.calendar.isDateInWeekend(date) {
                return date.addingTimeInterval(8 * 3600 + minutes * 60)
            }
        }
    }

    /// Whom an event happens to; it is then as if it had happened.
    private mutating func choose(_ event: ScenarioEvent, _ random: inout SimulationRandom) -> [Int] {
        func some(_ candidates: some Sequence<Int>) -> [Int] {
            event.who.isEmpty
                ? Array(candidates.sorted().shuffled(using: &random).prefix(event.count)) : event.who
        }
        switch event.kind {
        case .join:
            let new = (1...event.count).map { company.last + $0 }
            company.last += event.count
            company.members.formUnion(new)
            return new
        case .return:
            let back = some(company.away.filter { $0.value != .delete }.keys)
            comeBack(back)
            return back
        case .leave, .disable, .delete:
            let gone = some(company.members)
            company.members.subtract(gone)
            for person in gone { company.away[person] = event.kind }
            // Whoever goes hands the mailboxes over.
            for (mailbox, people) in company.delegates { company.delegates[mailbox] = people.subtracting(gone) }
            return gone
        case .gainMailbox:
            let mailbox = event.mailbox ?? 1
            let new = some(company.members.subtracting(company.delegates[mailbox] ?? []))
            company.delegates[mailbox, default: []].formUnion(new)
            return new
        case .loseMailbox:
            let present = company.delegates[event.mailbox ?? 1] ?? []
            // A mailbox that nobody opens is another story.
            let gone = Array(some(present).prefix(max(0, present.count - 1)))
            company.delegates[event.mailbox ?? 1]?.subtract(gone)
            return gone
        case .swapAddresses:
            let people = some(company.members)
            return people.count % 2 == 0 ? people : Array(people.dropLast())
        case .marry, .rename, .changeAddress, .deleteInIntune, .revokeAtCA, .editAddressList, .recoverKey, .handOver:
            return some(company.members)
        case .halfDirectory:
            return Array(company.members.sorted().shuffled(using: &random).prefix(company.members.count / 2)).sorted()
        case .emptyGroup: return company.members.sorted()
        case .caOutage, .rotateIssuer, .renameProduct, .switchCA, .expireSecret, .loseList, .rotateConnectorKey,
            .retireAgent:
            return []
        }
    }

    private mutating func comeBack(_ people: [Int]) {
        for person in people where company.away[person] != nil {
            company.away[person] = nil
            company.members.insert(person)
        }
    }
}
