// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
public import Foundation
import JSONDocuments
import Ledger
public import Store

/// The rows of incidents, of their certificates and of what happened to them.
public struct IncidentStore: Sendable {
    static let ids = IdentifierSequence("incidents")

    let database: any SQLDatabase

    public init(database: any SQLDatabase) { self.database = database }

    /// Puts an incident on record with its certificates: from here on the planner carries it out.
    ///
    /// - Throws: `LedgerError.notPossible` for a name that another one has, or certificates of an open one.
    public func start(_ new: Incident, _ items: [IncidentItem]) async throws -> Incident {
        try await database.write { connection in
            let table = IncidentTable(connection: connection)
            if let other = try table.all("WHERE name = ?", [.text(new.name)]).first {
                throw LedgerError.notPossible(
                    "there is an incident \(new.name) already, \(other.state.rawValue): see 'certway incident show "
                        + "\(new.name)', or take another name")
            }
            for list in SQLValueList.lists(items.map(\.certificateID)) {
                guard
                    let other = try connection.query(
                        """
                        SELECT c.serial_number, i.name FROM incident_claims t JOIN incidents i ON i.id = t.incident_id \
                        JOIN certificates c ON c.id = t.certificate_id WHERE t.certificate_id IN (\(list.places))
                        """, list.parameters, { (serial: try $0[0] as String, name: try $0[1] as String) }
                    ).first
                else { continue }
                throw LedgerError.notPossible(
                    "certificate \(other.serial) is replaced by incident \(other.name) already: wait for its end, or "
                        + "'certway incident cancel \(other.name)'")
            }
            var incident = new
            incident.id = try Self.ids.take(on: connection)
            try table.insert(incident, items)
            let people = Set(items.map(\.owner)).count
            return try table.save(
                incident, "started",
                "started by \(new.actor) for \(Plural(items.count, "certificate")) of \(Plural(people, "person", "people")), "
                    + "deadline \(new.deadline.formatted(.iso8601)): \(new.cause)", by: new.actor, at: new.startedAt)
        }
    }

    /// Newest first.
    public func all() async throws -> [Incident] {
        try await database.read { try IncidentTable(connection: $0).all("ORDER BY id DESC") }
    }

    /// Those in which something remains to be done, oldest first; one look at a small table.
    public func open() async throws -> [Incident] {
        try await database.read { try IncidentTable(connection: $0).all("WHERE ended_at IS NULL ORDER BY id") }
    }

    /// - Throws: `LedgerError.notPossible` when there is none of that name.
    public func incident(named name: String) async throws -> Incident {
        let found = try await database.read {
            try IncidentTable(connection: $0).all("WHERE name = ?", [.text(name)]).first
        }
        guard let found else {
            throw LedgerError.notPossible("there is no incident \(name): see 'certway incident list'")
        }
        return found
    }

    /// All certificates, in the order in which their people begin.
    public func items(of incident: Incident) async throws -> [IncidentItem] {
        try await database.read {
            try IncidentTable(connection: $0).items(
                "WHERE incident_id = ? ORDER BY place, certificate_id", [.integer(incident.id)])
        }
    }

    /// Oldest first.
    public func events(of incident: Incident) async throws -> [IncidentEvent] {
        try await database.read { try IncidentTable(connection: $0).events(incident.id) }
    }

    /// Changes an incident as it is now, with an event; people who have begun are looked at again by the next plan.
    ///
    /// - Parameter body: gives the event's kind and sentence; nil to leave everything as it is.
    /// - Throws: `LedgerError.notPossible` when there is none of that name; what `body` throws.
    public func change(
        _ name: String, by actor: String, at date: Date,
        _ body: @escaping @Sendable (inout Incident) throws -> (kind: String, message: String)?
    ) async throws -> Incident {
        try await database.write { connection in
            let table = IncidentTable(connection: connection)
            guard let before = try table.locked(name) else {
                throw LedgerError.notPossible("there is no incident \(name): see 'certway incident list'")
            }
            var incident = before
            guard let event = try body(&incident) else { return before }
            if incident.state == .cancelled, before.state != .cancelled {
                try table.letGo(of: incident)
                try table.releaseClaims(of: incident)
            }
            incident = try table.save(incident, event.kind, event.message, by: actor, at: date)
            try table.lookAgain(at: incident)
            return incident
        }
    }

    /// What open incidents want of these people, by their ids. Costs one look at a small table where there is none.
    func wishes(template: String, subscriberIDs: [String]) async throws -> [String: [IncidentWish]] {
        let open = try await open()
        guard !open.isEmpty, !subscriberIDs.isEmpty else { return [:] }
        let items = try await database.read { connection in
            try SQLValueList.lists(subscriberIDs).flatMap { list in
                try IncidentTable(connection: connection).items(
                    "WHERE template = ? AND subscriber_id IN (\(list.places))", [.text(template)] + list.parameters)
            }
        }
        var wishes: [String: [IncidentWish]] = [:]
        for (id, own) in Dictionary(grouping: items, by: \.subscriberID) {
            for incident in open {
                // Those whose turn never came of one that was cancelled may be another one's by now.
                let its = own.filter {
                    $0.incidentID == incident.id && (incident.state != .cancelled || $0.releasedAt != nil)
                }
                guard !its.isEmpty else { continue }
                wishes[id, default: []].append(
                    IncidentWish(
                        incident: incident, certificates: Set(its.map(\.certificateID)),
                        releasedAt: its.compactMap(\.releasedAt).min()))
            }
        }
        return wishes
    }

    /// The incident that has something else ordered for somebody than the template says; nil for none.
    func aim(template: String, subscriberID: String) async throws -> Incident? {
        let wishes = try await wishes(template: template, subscriberIDs: [subscriberID])[subscriberID] ?? []
        // As `IncidentWishes.leaving` has it, else what one that was cancelled has begun.
        return IncidentWishes(wishes).leaving?.incident ?? wishes.last(where: \.incident.hasTarget)?.incident
    }
}
