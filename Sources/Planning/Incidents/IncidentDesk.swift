// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Ledger
import Settings
import Store

/// Carries incidents on: finds out how far each certificate is, and whose turn comes next. What is ordered and revoked is the planner's.
public struct IncidentDesk: Sendable {
    let store: IncidentStore
    let ledger: OrderLedger
    let decisions: DecisionStore
    let shared: SharedDatabase
    let clock: any ConnectorClock

    /// Brings every open incident up to date and lets the next people begin.
    ///
    /// Costs one look at a small table where there is none, else a few questions for each page of people with whom it is not through.
    ///
    /// - Returns: those that are open.
    /// - Throws: `StoreError`; `LedgerError.notInCharge`.
    public func advance() async throws -> [Incident] {
        for incident in try await store.open() { try await advance(incident) }
        return try await store.open()
    }

    /// The certificates of an incident as they are now, in the order in which their people begin. Writes nothing.
    public func look(at incident: Incident) async throws -> [IncidentItem] {
        let items = try await store.items(of: incident)
        guard incident.isOpen else { return items }
        return try await view(of: incident, clock.now()).states(of: items)
    }

    private func view(of incident: Incident, _ now: Date) async throws -> IncidentLook {
        var look = IncidentLook(incident: incident, ledger: ledger, decisions: decisions, now: now)
        guard incident.hasTarget else { return look }
        for other in try await store.open()
        where other.id > incident.id && other.hasTarget && other.state != .cancelled {
            look.overruled.formUnion(try await store.items(of: other).map(\.owner))
        }
        return look
    }

    private func advance(_ incident: Incident) async throws {
        let now = clock.now()
        let known = try await store.items(of: incident)
        let look = try await view(of: incident, now)
        var items = try await look.states(of: known)
        let strays = incident.state == .cancelled ? [] : try await look.strays(among: items)
        if incident.revokesAtDeadline, incident.state == .running, now >= incident.deadline {
            try await revokeAll(items, incident, now)
        }
        let isOver =
            incident.state != .paused && strays.isEmpty
            && items.allSatisfy { $0.state.isFinal || isLetGo($0, incident) }
        var isCanaryDelivered = false
        if !isOver, incident.state == .running {
            if incident.isCanaryFirst {
                isCanaryDelivered =
                    items.contains { $0.wave == 0 } && items.allSatisfy { $0.wave != 0 || $0.state.isSettled }
            }
            if !isCanaryDelivered { IncidentTurns(incident, now).release(&items) }
        }
        let changed = zip(known, items).filter { $0 != $1 }.map(\.1)
        let begun = zip(known, items).filter { $0.releasedAt == nil && $1.releasedAt != nil }.map(\.1)
        let ending: (String, String)? =
            isOver ? (incident.state == .cancelled ? "ended" : "done", Self.summary(items)) : nil
        let canary = items.filter { $0.wave == 0 }
        let people = Set(canary.map(\.owner)).count
        let served = Set(canary.filter { $0.deliveredAt != nil }.map(\.owner)).count
        try await shared.write { [isCanaryDelivered] connection in
            let table = IncidentTable(connection: connection)
            // Whoever has paused it meanwhile is right.
            guard var current = try table.locked(incident.name), current.eventCount == incident.eventCount else {
                return
            }
            try table.save(changed)
            let joined = try table.join(strays)
            if joined > 0 {
                let belong = joined == 1 ? "belongs" : "belong"
                current = try table.save(
                    current, "joined",
                    "\(Plural(joined, "certificate")) came since from what it leaves, and \(belong) to it now",
                    by: OrderLedger.planner, at: now)
            }
            try OrderLedger.noteStandings(
                Set(begun.map(\.owner)).map { (template: $0.template, subscriberID: $0.subscriberID) }, on: connection)
            if let ending {
                if current.state != .cancelled { current.state = .done }
                current.endedAt = now
                _ = try table.save(current, ending.0, ending.1, by: OrderLedger.planner, at: now)
            } else if isCanaryDelivered {
                let sentence =
                    "\(Incident.canaryMark)\(Plural(people, "person", "people")), is "
                    + (served == people ? "delivered" : "through, and \(people - served) of them got no successor")
                // Who got none proves nothing: a person decides then.
                if current.isCanaryAutomatic, served == people {
                    (current.canaryPassedAt, current.measuredFrom) = (now, now)
                    _ = try table.save(
                        current, "canaryPassed", "\(sentence): the others follow", by: OrderLedger.planner, at: now)
                } else {
                    current.state = .paused
                    current.pause =
                        "\(sentence): look whether they can work with it, then 'certway incident resume \(current.name)'"
                    _ = try table.save(
                        current, "canaryDelivered", sentence, by: OrderLedger.planner, at: now)
                }
            }
        }
    }

    /// Whether a cancelled incident lets a certificate be as it is.
    private func isLetGo(_ item: IncidentItem, _ incident: Incident) -> Bool {
        incident.state == .cancelled && item.releasedAt == nil
    }

    /// What is not revoked at the deadline is revoked, whoever has no successor. Asking twice is asking once.
    private func revokeAll(_ items: [IncidentItem], _ incident: Incident, _ now: Date) async throws {
        let rest = items.filter { !$0.state.isFinal && $0.state != .revoking }
        guard !rest.isEmpty else { return }
        for start in stride(from: 0, to: rest.count, by: EnrollmentPlanner.pageSize) {
            let wishes = rest[start...].prefix(EnrollmentPlanner.pageSize).map { item in
                NewCertificateAction.revoke(
                    certificateID: item.certificateID, reason: incident.reason,
                    cause: "\(incident.sentence) (deadline)", actor: OrderLedger.planner)
            }
            try await ledger.ask(wishes + ledger.withdrawals(with: wishes))
        }
        let without = rest.filter { !$0.isReplaced }
        _ = try await store.change(incident.name, by: OrderLedger.planner, at: now) { _ in
            (
                "deadline",
                "the deadline: \(Plural(rest.count, "certificate is", "certificates are")) revoked, \(without.count) of them without a "
                    + "successor"
            )
        }
    }

    private static func summary(_ items: [IncidentItem]) -> String {
        let counts = Dictionary(grouping: items, by: \.state).mapValues(\.count)
        return IncidentItem.State.allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }
            .joined(separator: ", ")
    }
}

extension EnrollmentPlanner {
    /// What carries incidents on, under the planner's right.
    public var incidentDesk: IncidentDesk {
        IncidentDesk(store: incidents, ledger: ledger, decisions: decisions, shared: shared, clock: clock)
    }
}
