// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Whose turn comes next in an incident: the canary, then waves, no more in an hour than its pace.
struct IncidentTurns {
    let incident: Incident
    let now: Date

    init(_ incident: Incident, _ now: Date) {
        self.incident = incident
        self.now = now
    }

    /// Lets people begin. Who cannot have another certificate takes nobody's turn, and is not waited for.
    func release(_ items: inout [IncidentItem]) {
        let begun = Dictionary(grouping: items.filter { $0.releasedAt != nil }, by: \.owner)
        var wave = begun.values.compactMap { $0.compactMap(\.wave).max() }.max() ?? 0
        if !incident.isCanaryFirst, wave == 0 || isThrough(wave, begun) { wave += 1 }
        let size = incident.isCanaryFirst ? incident.canary : incident.wave
        let inWave = begun.values.count { $0.contains { $0.wave == wave && $0.state != .leftOut } }
        var room = size.map { max(0, $0 - inWave) } ?? .max
        if let pace = incident.pace { room = min(room, paced(pace, begun)) }
        var turns: Set<IncidentItem.Owner> = []
        var passed: Set<IncidentItem.Owner> = []
        for item in items where item.releasedAt == nil && !item.state.isFinal {
            guard !turns.contains(item.owner) else { continue }
            if item.state == .leftOut {
                if !incident.isCanaryFirst { passed.insert(item.owner) }
            } else if room > 0 {
                turns.insert(item.owner)
                room -= 1
            }
        }
        for index in items.indices where items[index].releasedAt == nil && !items[index].state.isFinal {
            guard turns.contains(items[index].owner) || passed.contains(items[index].owner) else { continue }
            items[index].releasedAt = now
            items[index].wave = wave
        }
    }

    /// Whether nothing of a wave is the gateway's to do any more. Who has to click is not waited for.
    private func isThrough(_ wave: Int, _ begun: [IncidentItem.Owner: [IncidentItem]]) -> Bool {
        guard incident.wave != nil else { return false }
        return begun.values.joined().allSatisfy { $0.wave != wave || $0.state.isThrough }
    }

    /// How many may begin now by the pace: the first at once, then as many as the time allows that has passed. Nobody saves up for longer
    /// than an hour while nothing happens, and within any hour no more begin than the pace says.
    private func paced(_ pace: Int, _ begun: [IncidentItem.Owner: [IncidentItem]]) -> Int {
        let times = begun.values.compactMap { $0.compactMap(\.releasedAt).min() }.filter { $0 >= incident.measuredFrom }
            .sorted()
        var (left, last) = (1.0, incident.measuredFrom)
        func save(until date: Date) {
            left = min(Double(pace), left + Double(pace) * max(0, date.timeIntervalSince(last)) / 3600)
            last = max(last, date)
        }
        for time in times {
            save(until: time)
            left -= 1
        }
        save(until: now)
        let lately = times.count { now.timeIntervalSince($0) < 3600 }
        return max(0, min(Int(left), pace - lately))
    }
}
