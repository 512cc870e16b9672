// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Planning

extension APIOperation {
    /// Reading incidents.
    static let incidents = [
        APIOperation(
            "listIncidents", .get, "/incidents", tag: "Incidents", "Mass replacements, newest first",
            permission: .readOrders, answer: .list(of: .incident)
        ) { call in
            try call.whole(
                try await call.incidents.list().map { progress in
                    var value = progress.summary
                    value["actions"] = IncidentActions(call.caller).of(progress.incident).json
                    return value
                })
        },
        APIOperation(
            "getIncident", .get, "/incidents/{name}", tag: "Incidents", "One mass replacement and how far it is",
            permission: .readOrders,
            parameters: [
                .path("name", "name of the incident"),
                .flag("all", "all certificates, and not only those that are not through"),
            ], answer: .json(.incidentDetails)
        ) { call in
            let progress = try await call.incidents.progress(call.path("name"))
            let events = try await call.incidents.events(of: progress.incident)
            var value = progress.json(events, all: call.flag("all") ?? false)
            value["actions"] = IncidentActions(call.caller).of(progress.incident).json
            return .json(value)
        },
    ]
}

extension APICall {
    var incidents: IncidentAdministration { IncidentAdministration(gateway, caller: caller) }
}
