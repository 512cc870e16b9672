// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import YAMLDocuments

/// Reads a scenario file (docs/manual/simulate.md); finds all mistakes at once.
struct ScenarioReader {
    private let collector: DiagnosticCollector
    private let reader: MappingReader
    private let known: SimulatedAuthorities

    /// - Throws: `Diagnostics` for a file that is no YAML.
    init(_ text: String, file: String, authorities: SimulatedAuthorities) throws {
        collector = DiagnosticCollector()
        reader = MappingReader(try YAMLNode.parse(text, file: file), collector: collector)
        known = authorities
    }

    /// - Parameter change: what the command line says instead; applied before events are looked at.
    /// - Throws: `Diagnostics` with line and key path of everything that is wrong.
    func read(_ change: (inout Scenario) -> Void) throws -> Scenario {
        var scenario = Scenario()
        scenario.authorities = known.usual
        scenario.start = reader.day("start") ?? Self.usualStart
        scenario.months = reader.int("months", in: 1...60) ?? scenario.months
        scenario.people = reader.int("people", in: 1...100_000) ?? scenario.people
        scenario.seed = reader.int("seed", in: 0...Int(Int32.max)) ?? scenario.seed
        scenario.passEvery = reader.int("passEvery", in: 1...31) ?? scenario.passEvery
        scenario.isHostile = reader.bool("hostile") ?? false
        scenario.mailboxes = reader.int("mailboxes", in: 0...1000) ?? scenario.mailboxes
        readAuthorities(&scenario)
        readTemplates(&scenario)
        scenario.limits = reader.json("limits")?.object ?? [:]
        readRates(&scenario)
        change(&scenario)
        scenario.events = reader.mappings("events").compactMap { event($0, scenario) }
        reader.finish()
        try collector.check()
        return scenario
    }

    static let usualStart = CalendarDay.date(Scenario.usualStart) ?? .distantPast

    private func readAuthorities(_ scenario: inout Scenario) {
        if let list = reader.list("cas") {
            scenario.authorities = list.compactMap { $0.node.word(at: $0.path, of: known.names, collector) }
            if list.isEmpty { reader.add("cas", "there is no CA; name one at least") }
        }
        for member in reader.dictionary("prices") ?? [] {
            if !scenario.authorities.contains(member.key) {
                collector.add(
                    member.node, member.path, "unknown CA \(member.key)",
                    hint: suggestion(for: member.key, in: scenario.authorities))
            }
            if let price = member.node.json.number, price >= 0 {
                scenario.prices[member.key] = price
            } else {
                collector.add(member.node, member.path, "expected what one certificate costs, a number")
            }
        }
    }

    private func readTemplates(_ scenario: inout Scenario) {
        guard let list = reader.list("templates") else { return }
        if list.isEmpty { reader.add("templates", "there is no template; leave the key out for the usual one") }
        scenario.templates = list.compactMap { element in
            if element.node.json["for"] != nil {
                collector.add(
                    element.node, element.path, "shared mailboxes have their own key, mailboxes; leave 'for' out")
            }
            let template = MappingReader(element.node, path: element.path, collector: collector)
            _ = template.requiredString("name")
            for key in ["group", "backendCA"] where template.has(key) {
                template.add(key, "\(key) is filled in by the simulation; leave it out")
            }
            return element.node.json.object
        }
    }

    private func readRates(_ scenario: inout Scenario) {
        guard let rates = reader.dictionary("rates") else { return }
        scenario.rates = [:]
        let kinds = ScenarioEvent.Kind.allCases.filter(\.concernsPeople).map(\.rawValue)
        for member in rates {
            guard let kind = ScenarioEvent.Kind(rawValue: member.key), kind.concernsPeople else {
                collector.add(
                    member.node, member.path, "unknown event \(member.key)",
                    hint: suggestion(for: member.key, in: kinds))
                continue
            }
            guard let rate = member.node.json.number, (0...1000).contains(rate) else {
                collector.add(
                    member.node, member.path, "expected how often a year it happens among a hundred people, a number")
                continue
            }
            scenario.rates[kind] = rate
        }
    }

    private func event(_ reader: MappingReader, _ scenario: Scenario) -> ScenarioEvent? {
        guard reader.requiredNode("event") != nil, let kind = reader.choice("event", of: ScenarioEvent.Kind.self),
            let moment = moment(reader, scenario)
        else {
            return nil
        }
        var event = ScenarioEvent(kind: kind, moment: moment)
        for key in kind.keys {
            switch key {
            case "count": event.count = reader.int(key, in: 1...100_000) ?? 1
            case "who": event.who = who(reader, kind, scenario)
            case "mailbox": event.mailbox = reader.int(key, in: 1...max(1, scenario.mailboxes))
            case "days": event.days = reader.int(key, in: 1...365)
            case "outcome": event.outcome = reader.choice(key, of: ScenarioEvent.Outcome.self)
            case "ca":
                event.ca = reader.node(key)?.word(at: reader.path(of: key), of: scenario.authorities, collector)
            default: event.reason = reader.int(key, in: 0...10)
            }
        }
        if reader.has("who"), reader.has("count") {
            reader.add("count", "count goes without who, which says how many there are")
        }
        reader.finish(known: ["event", "date", "month", "day"] + kind.keys)
        if kind.keys.contains("mailbox"), scenario.mailboxes == 0 {
            reader.add("event", "there is no shared mailbox; say how many under mailboxes")
        }
        if kind == .switchCA, event.ca == nil, scenario.authorities.count < 2 {
            reader.add("event", "there is no other CA to switch to; name two under cas")
        }
        if kind == .renameProduct, !known.renamable.contains(event.ca ?? scenario.authorities.first ?? "") {
            reader.add(
                "event",
                "products can be renamed at \(known.renamable.sorted().joined(separator: ", ")) alone: other profiles name them"
            )
        }
        return event
    }

    private func moment(_ reader: MappingReader, _ scenario: Scenario) -> ScenarioEvent.Moment? {
        let keys = ["date", "month", "day"].filter { reader.has($0) }
        guard keys.count == 1, let key = keys.first else {
            reader.add(keys.last ?? "event", "say once when it happens: date, month or day")
            return nil
        }
        switch key {
        case "month": return reader.int(key, in: 1...scenario.months).map { .month($0) }
        case "day": return reader.int(key, in: 1...max(1, scenario.days)).map { .day($0) }
        default:
            guard let date = reader.day(key) else { return nil }
            guard date >= scenario.start, date < scenario.end else {
                reader.add(
                    key,
                    "lies outside of the simulated time, \(scenario.start.day) to before \(scenario.end.day)"
                )
                return nil
            }
            return .date(date)
        }
    }

    private func who(_ reader: MappingReader, _ kind: ScenarioEvent.Kind, _ scenario: Scenario) -> [Int] {
        guard let node = reader.node("who") else { return [] }
        let path = reader.path(of: "who")
        let elements = node.elements == nil ? [(node, path)] : node.list(at: path, collector).map { ($0.node, $0.path) }
        let numbers = elements.compactMap { $0.0.int(at: $0.1, in: 1...scenario.people, collector) }
        if Set(numbers).count < numbers.count { reader.add("who", "somebody stands twice in it") }
        if kind == .swapAddresses, numbers.count % 2 == 1 { reader.add("who", "expected pairs of people") }
        return numbers
    }
}
