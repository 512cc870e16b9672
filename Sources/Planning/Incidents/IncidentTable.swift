// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import Records
import Store

/// The tables `incidents`, `incident_items`, `incident_claims` and `incident_events`.
struct IncidentTable {
    let connection: any SQLConnection

    private static let columns = [
        "id", "name", "state", "pause", "reason", "cause", "actor", "started_at", "deadline", "backend_ca", "product",
        "canary", "canary_automatic", "canary_passed_at", "wave", "pace", "accepted", "revokes_at_deadline",
        "selection", "measured_from", "ended_at", "event_count",
    ]

    func all(_ clauses: String, _ parameters: [SQLValue] = [], lock: SQLRowLock = .none) throws -> [Incident] {
        try connection.query(
            "SELECT \(Self.columns.joined(separator: ", ")) FROM incidents\(lock.hint) \(clauses)\(lock.clause)",
            parameters, Self.incident)
    }

    /// One that is about to be changed.
    func locked(_ name: String) throws -> Incident? {
        try all("WHERE name = ?", [.text(name)], lock: connection.dialect.rowLock).first
    }

    func insert(_ incident: Incident, _ items: [IncidentItem]) throws {
        try connection.insert(into: "incidents", Self.columns, rows: [Self.values(incident)])
        try insert(
            items.map { item in
                var item = item
                item.incidentID = incident.id
                return item
            })
    }

    private func insert(_ items: [IncidentItem]) throws {
        let rows = items.map { Self.constants($0) + Self.changing($0).map(\.value) }
        let names = Self.changing(items.first).map(\.name)
        try connection.insert(into: "incident_items", Self.itemConstants + names, rows: rows)
        try connection.insert(
            into: "incident_claims", ["certificate_id", "incident_id"],
            rows: items.map { [.integer($0.certificateID), .integer($0.incidentID)] })
    }

    /// Adds certificates to an incident that is under way; those that another one has claimed are left to it.
    ///
    /// - Returns: how many were added.
    func join(_ items: [IncidentItem]) throws -> Int {
        var claimed: Set<Int64> = []
        for list in SQLValueList.lists(items.map(\.certificateID)) {
            try connection.forEachRow(
                "SELECT certificate_id FROM incident_claims WHERE certificate_id IN (\(list.places))", list.parameters
            ) { claimed.insert(try $0[0]) }
        }
        let free = items.filter { !claimed.contains($0.certificateID) }
        guard !free.isEmpty else { return 0 }
        try insert(free)
        try OrderLedger.noteStandings(
            Set(free.map(\.owner)).map { (template: $0.template, subscriberID: $0.subscriberID) }, on: connection)
        return free.count
    }

    /// Writes an incident with what happened to it.
    func save(
        _ incident: Incident, _ kind: String, _ message: String, by actor: String, at date: Date
    ) throws -> Incident {
        var after = incident
        after.eventCount += 1
        try connection.insert(
            into: "incident_events", ["incident_id", "sequence_number", "occurred_at", "kind", "actor", "message"],
            rows: [
                [
                    .integer(after.id), SQLValue(after.eventCount), SQLValue(date), .text(kind),
                    .text(actor.storable), .text(message.storable),
                ]
            ])
        let columns = Self.columns.dropFirst(2)
        try connection.execute(
            "UPDATE incidents SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ?",
            Array(Self.values(after).dropFirst(2)) + [.integer(after.id)])
        try AuditTrail.record(
            AuditEntry(
                kind == "started" ? .startIncident : .changeIncident, AuditObject(.incident, after.name),
                by: AuditActor(named: actor), after: ["event": .string(kind), "state": .string(after.state.rawValue)],
                reason: message), on: connection)
        if !after.isOpen {
            try connection.execute("DELETE FROM incident_claims WHERE incident_id = ?", [.integer(after.id)])
        }
        return after
    }

    func events(_ id: Int64) throws -> [IncidentEvent] {
        try connection.query(
            """
            SELECT sequence_number, occurred_at, kind, actor, message FROM incident_events WHERE incident_id = ? \
            ORDER BY sequence_number
            """, [.integer(id)]
        ) {
            IncidentEvent(
                number: try $0[0], at: try $0[1], kind: try $0[2], actor: try $0[3], message: try $0[4])
        }
    }

    func items(_ clauses: String, _ parameters: [SQLValue]) throws -> [IncidentItem] {
        let names = Self.itemConstants + Self.changing(nil).map(\.name)
        return try connection.query(
            "SELECT \(names.joined(separator: ", ")) FROM incident_items \(clauses)", parameters, Self.item)
    }

    /// Writes what has changed of some certificates.
    func save(_ items: [IncidentItem]) throws {
        for item in items {
            let columns = Self.changing(item)
            try connection.execute(
                """
                UPDATE incident_items SET \(columns.map { "\($0.name) = ?" }.joined(separator: ", ")) \
                WHERE incident_id = ? AND certificate_id = ?
                """, columns.map(\.value) + [.integer(item.incidentID), .integer(item.certificateID)])
        }
    }

    /// Whose turn has come, and for whom nothing was ordered: their turn is over.
    func letGo(of incident: Incident) throws {
        try connection.execute(
            """
            UPDATE incident_items SET released_at = NULL, wave = NULL WHERE incident_id = ? AND state IN (?, ?, ?) \
            AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.template = incident_items.template \
            AND o.subscriber_id = incident_items.subscriber_id AND o.id > incident_items.order_id \
            AND o.created_at >= incident_items.released_at AND o.stage NOT IN ('cancelled', 'rejected', 'failed'))
            """,
            [
                .integer(incident.id), SQLValue(IncidentItem.State.waiting), SQLValue(IncidentItem.State.failed),
                SQLValue(IncidentItem.State.leftOut),
            ])
    }

    /// Certificates whose turn never came may be meant by another incident.
    func releaseClaims(of incident: Incident) throws {
        try connection.execute(
            """
            DELETE FROM incident_claims WHERE incident_id = ? AND certificate_id IN \
            (SELECT certificate_id FROM incident_items WHERE incident_id = ? AND released_at IS NULL)
            """, [.integer(incident.id), .integer(incident.id)])
    }

    /// Tells planners to look again at everybody of an incident with whom it is not through.
    func lookAgain(at incident: Incident) throws {
        let open = IncidentItem.State.allCases.filter { !$0.isFinal }
        let list = SQLValueList(open)
        let owners = Set(
            try items(
                "WHERE incident_id = ? AND state IN (\(list.places))", [.integer(incident.id)] + list.parameters
            ).map(\.owner))
        try OrderLedger.noteStandings(
            owners.map { (template: $0.template, subscriberID: $0.subscriberID) }, on: connection)
    }
}

extension IncidentTable {
    private static func values(_ incident: Incident) -> [SQLValue] {
        [
            .integer(incident.id), .text(incident.name), SQLValue(incident.state), SQLValue(incident.pause),
            .text(incident.reason.name), .text(incident.cause.storable), .text(incident.actor.storable),
            SQLValue(incident.startedAt), SQLValue(incident.deadline), SQLValue(incident.backendCA),
            SQLValue(incident.product), SQLValue(incident.canary), SQLValue(incident.isCanaryAutomatic),
            SQLValue(incident.canaryPassedAt), SQLValue(incident.wave), SQLValue(incident.pace),
            SQLValue(incident.accepted), SQLValue(incident.revokesAtDeadline), .text(incident.selection.text),
            SQLValue(incident.measuredFrom), SQLValue(incident.endedAt), SQLValue(incident.eventCount),
        ]
    }

    private static func incident(_ row: SQLRow) throws -> Incident {
        let reason: String = try row["reason"]
        var incident = Incident(
            name: try row["name"], reason: RevocationReason(name: reason) ?? .unspecified, cause: try row["cause"],
            actor: try row["actor"], startedAt: try row["started_at"], deadline: try row["deadline"],
            accepted: try row["accepted"])
        incident.id = try row["id"]
        incident.state = try row["state"]
        incident.pause = try row["pause"]
        incident.backendCA = try row["backend_ca"]
        incident.product = try row["product"]
        incident.canary = try row["canary"]
        incident.isCanaryAutomatic = try row["canary_automatic"]
        incident.canaryPassedAt = try row["canary_passed_at"]
        incident.wave = try row["wave"]
        incident.pace = try row["pace"]
        incident.revokesAtDeadline = try row["revokes_at_deadline"]
        incident.selection = try JSONValue(parsing: try row["selection"] as String)
        incident.measuredFrom = try row["measured_from"]
        incident.endedAt = try row["ended_at"]
        incident.eventCount = try row["event_count"]
        return incident
    }

    private static let itemConstants = [
        "incident_id", "certificate_id", "place", "order_id", "template", "subscriber_id",
        "user_principal_name", "serial_number", "proof",
    ]

    private static func constants(_ item: IncidentItem) -> [SQLValue] {
        [
            .integer(item.incidentID), .integer(item.certificateID), SQLValue(item.place),
            .integer(item.orderID), .text(item.template),
            .text(item.subscriberID), .text(item.userPrincipalName), .text(item.serialNumber), SQLValue(item.proof),
        ]
    }

    /// - Parameter item: nil for the names alone.
    private static func changing(_ item: IncidentItem?) -> [(name: String, value: SQLValue)] {
        [
            ("wave", SQLValue(item?.wave)), ("released_at", SQLValue(item?.releasedAt)),
            ("state", SQLValue(item?.state)), ("reason", SQLValue(item?.reason?.storable)),
            ("successor_id", SQLValue(item?.successorID)), ("delivered_at", SQLValue(item?.deliveredAt)),
            ("changed_at", SQLValue(item?.changedAt)),
        ]
    }

    private static func item(_ row: SQLRow) throws -> IncidentItem {
        var item = IncidentItem(
            place: try row["place"], certificateID: try row["certificate_id"], orderID: try row["order_id"],
            template: try row["template"], subscriberID: try row["subscriber_id"],
            userPrincipalName: try row["user_principal_name"], serialNumber: try row["serial_number"],
            proof: try row["proof"], state: try row["state"], reason: try row["reason"],
            changedAt: try row["changed_at"])
        item.incidentID = try row["incident_id"]
        item.wave = try row["wave"]
        item.releasedAt = try row["released_at"]
        item.successorID = try row["successor_id"]
        item.deliveredAt = try row["delivered_at"]
        return item
    }
}
