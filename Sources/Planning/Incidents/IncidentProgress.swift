// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Ledger

/// How far an incident is, computed from the ledger whenever somebody asks.
public struct IncidentProgress: Sendable {
    public let incident: Incident
    public let now: Date
    /// In the order in which their people begin.
    public let items: [IncidentItem]
    /// Certificates by state.
    public let counts: [IncidentItem.State: Int]
    /// People, each once for each template.
    public let people: Int
    /// People who have begun.
    public let begun: Int
    public let forecast: IncidentForecast?

    /// - Parameter estimate: what is said before there is any speed to tell by.
    public init(_ incident: Incident, _ items: [IncidentItem], now: Date, estimate: IncidentForecast? = nil) {
        self.incident = incident
        self.now = now
        self.items = items
        counts = Dictionary(grouping: items, by: \.state).mapValues(\.count)
        let owners = Dictionary(grouping: items, by: \.owner)
        people = owners.count
        begun = owners.values.count { $0.contains { $0.releasedAt != nil } }
        let rest = owners.values.count { $0.contains { Self.isToDo($0.state) } }
        let delivered = owners.values.compactMap { own in
            own.compactMap(\.deliveredAt).filter { $0 >= incident.measuredFrom }.min()
        }
        let tail = Self.tail(items, since: incident.measuredFrom)
        let observed = IncidentForecast(deliveries: delivered, rest: rest, tail: tail, now: now)
        forecast =
            incident.isOpen ? .later(observed, rest > 0 ? estimate : nil, tail: tail) : nil
    }

    /// How many certificates were without a successor in use when: at the start, and after deliveries, spread evenly over them.
    ///
    /// - Parameter moments: at most so many, and the start.
    public func course(moments: Int) -> [(at: Date, left: Int)] {
        let delivered = items.compactMap(\.deliveredAt).sorted()
        let step = max(1, (delivered.count + moments - 1) / moments)
        let after = delivered.indices.filter { ($0 + 1) % step == 0 || $0 == delivered.count - 1 }
        return [(incident.startedAt, items.count)] + after.map { (delivered[$0], items.count - $0 - 1) }
    }

    /// How long it takes from a delivery until the predecessor is revoked, in seconds; 0 before any is. The last ones of an incident are
    /// the slowest, so it is what nineteen of twenty stay below.
    private static func tail(_ items: [IncidentItem], since start: Date) -> TimeInterval {
        let seconds = items.compactMap { item -> TimeInterval? in
            guard item.state == .revoked, item.isReplaced, item.changedAt >= start, let delivered = item.deliveredAt
            else { return nil }
            return max(0, item.changedAt.timeIntervalSince(max(delivered, start)))
        }.sorted()
        return seconds.isEmpty ? 0 : seconds[seconds.count * 19 / 20]
    }

    /// What goes on without anybody.
    static func isToDo(_ state: IncidentItem.State) -> Bool { state == .waiting || state == .ordered }

    public var wave: Int? { items.compactMap(\.wave).max() }
    public func number(_ states: IncidentItem.State...) -> Int { states.reduce(0) { $0 + (counts[$1] ?? 0) } }
    /// Certificates whose owners have a successor.
    public var replaced: Int { items.count(where: \.isReplaced) }
    /// Certificates that have ended, or are about to, and whose owners have no successor.
    public var withoutSuccessor: Int { items.count(where: \.isWithoutSuccessor) }
    /// Certificates that are revoked, or over.
    public var ended: Int { items.count { $0.state.isFinal } }
    /// Those that are neither replaced nor ended, whatever keeps them.
    public var open: [IncidentItem] { items.filter { !$0.state.isSettled } }
    /// Whether everything that does not wait for a person is through by the deadline; nil where nobody can tell.
    public var isInTime: Bool? {
        guard incident.isOpen else { return nil }
        return open.contains { Self.isToDo($0.state) }
            ? forecast.map { $0.end <= incident.deadline } : now <= incident.deadline
    }
    /// Replacements an hour that would be needed from now on.
    public var neededPerHour: Double {
        let rest = Double(Set(open.map(\.owner)).count)
        let hours = incident.deadline.timeIntervalSince(now) / 3600
        return rest == 0 ? 0 : hours > 0 ? rest / hours : .infinity
    }

    private static let named = 10

    /// What a person has to know or to do, one sentence each.
    public var problems: [String] {
        guard incident.isOpen else { return [] }
        let name = "incident \(incident.name)"
        var sentences: [String] = []
        if incident.state == .paused {
            let pause = incident.pause ?? "it is paused"
            // That of a canary names the command itself.
            let next = pause.hasPrefix(Incident.canaryMark) ? "" : "; 'certway incident resume \(incident.name)'"
            sentences.append("\(name) stands still: \(pause)\(next)")
        }
        let rest = open
        guard !rest.isEmpty, incident.state != .cancelled else { return sentences }
        if now >= incident.deadline.addingTimeInterval(-incident.margin) {
            let people = rest.prefix(Self.named).map { item in
                "\(item.userPrincipalName) (\(item.state.rawValue)\(item.reason.map { ": \($0)" } ?? ""))"
            }
            let more = rest.count > Self.named ? " and \(rest.count - Self.named) more" : ""
            let when = now >= incident.deadline ? "is over" : "comes at \(incident.deadline.formatted(.iso8601))"
            let what =
                incident.revokesAtDeadline
                ? "they are revoked all the same then" : "they stay as they are until the CA revokes them"
            sentences.append(
                "\(name): the deadline \(when), and \(Plural(rest.count, "certificate has", "certificates have")) no "
                    + "successor, \(what): \(people.joined(separator: ", "))\(more); see 'certway incident show "
                    + "\(incident.name)'")
        } else if isInTime == false, let forecast {
            sentences.append(
                "\(name) will not be done by its deadline \(incident.deadline.formatted(.iso8601)), bound by \(forecast.boundBy): "
                    + "'certway incident show \(incident.name)' says when, and 'certway incident change \(incident.name)' takes another pace, wave or CA for the rest"
            )
        }
        let failed = number(.failed)
        if failed > 0, let first = rest.first(where: { $0.state == .failed }) {
            sentences.append(
                "\(name): \(Plural(failed, "certificate does", "certificates do")) not go on by "
                    + "\(failed == 1 ? "itself" : "themselves"), such as that of \(first.userPrincipalName): "
                    + "\(first.reason ?? "")")
        }
        return sentences
    }
}
