// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
public import Gateway
import JSONDocuments
import Ledger
public import Planning
import Records
import Settings

/// What people do with incidents: look ahead, start, watch, and stop.
public struct IncidentAdministration: Sendable {
    let gateway: Gateway
    let caller: Caller
    var actor: String { caller.name }

    /// - Parameter caller: who acts, for the record.
    public init(_ gateway: Gateway, caller: Caller) {
        self.gateway = gateway
        self.caller = caller
    }

    private var store: IncidentStore { gateway.planner.incidents }
    private var now: Date { gateway.ledger.clock.now() }
    private var planning: IncidentPlanning {
        IncidentPlanning(gateway.configuration, gateway.planner, gateway.backends, gateway.desk)
    }

    /// What it would meet. Reads the ledger and the directory as it was last read; asks nobody.
    ///
    /// - Throws: `LedgerError` for a word that means no certificate; `SettingsError` for a CA that there is not; `StoreError`.
    public func preview(_ incident: Incident, _ selection: CertificateSelection) async throws -> IncidentPreview {
        try await entrance.pass(.manageIncident, to: wish(.startIncident, incident.name, incident.cause)) {
            try await look(incident, selection)
        }
    }

    var entrance: Entrance { Entrance(caller, gateway.ledger.audit) }

    func wish(_ action: AuditAction, _ name: String, _ cause: String = "") -> Entrance.Wish {
        Entrance.Wish(action, AuditObject(.incident, name), because: cause)
    }

    private func look(_ incident: Incident, _ selection: CertificateSelection) async throws -> IncidentPreview {
        if let name = incident.backendCA, gateway.configuration.backendCA(name) == nil {
            throw SettingsError.unknown("backend CA", name, gateway.configuration.backendCAs.map(\.name))
        }
        try await KnownNames(gateway.store).require(template: selection.template, backendCA: selection.backendCA)
        let found = try await CertificateActions(gateway.ledger, gateway.mirror, caller: caller).find(selection)
        var preview = try await planning.preview(incident, found.found)
        preview.unknown = found.unknown
        return preview
    }

    /// Puts what was previewed on record; the planner carries it out.
    ///
    /// - Throws: `LedgerError.notPossible` for a name or certificates of another incident, and where nothing is to be done.
    public func start(_ preview: IncidentPreview) async throws -> Incident {
        let wish = wish(.startIncident, preview.incident.name, preview.incident.cause)
        return try await entrance.pass(.manageIncident, to: wish, .all) {
            guard !preview.items.isEmpty else {
                throw LedgerError.notPossible("no certificate in force is like that: nothing is to be replaced")
            }
            if let problem = preview.problems.first { throw LedgerError.notPossible(problem) }
            return try await store.start(preview.incident, preview.items)
        }
    }

    /// Newest first, each with how far it is.
    public func list() async throws -> [IncidentProgress] {
        var list: [IncidentProgress] = []
        for incident in try await store.all() { list.append(try await progress(of: incident)) }
        return list
    }

    /// How far it is, computed from the ledger.
    ///
    /// - Throws: `LedgerError.notPossible` when there is none of that name.
    public func progress(_ name: String) async throws -> IncidentProgress {
        try await progress(of: try await store.incident(named: name))
    }

    /// Oldest first.
    public func events(of incident: Incident) async throws -> [IncidentEvent] { try await store.events(of: incident) }

    private func progress(of incident: Incident) async throws -> IncidentProgress {
        let items = try await gateway.planner.incidentDesk.look(at: incident)
        let estimate = incident.isOpen ? try await planning.forecast(incident, items, from: now) : nil
        return IncidentProgress(incident, items, now: now, estimate: estimate)
    }
}
