// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import JSONDocuments
import Settings
import YAMLDocuments

extension APIOperation {
    /// Reading connectors and backend CAs.
    static let authorities = [
        APIOperation(
            "listConnectors", .get, "/connectors", tag: "Connectors", "Connector profiles", permission: .readConnectors,
            answer: .list(of: .connector)
        ) { call in try call.whole(call.connectors.list().profiles.map(\.json)) },
        APIOperation(
            "getConnector", .get, "/connectors/{name}", tag: "Connectors",
            "One connector: its settings, abilities and products", permission: .readConnectors,
            parameters: [.path("name", "name of the profile")], answer: .json(.connectorDetails)
        ) { call in .json(try call.connectors.details(call.path("name")).json) },
        APIOperation(
            "listBackendCAs", .get, "/backend-cas", tag: "Backend CAs", "Backend CAs", permission: .readBackendCAs,
            answer: .list(of: .backendCA)
        ) { call in
            let readiness = await call.readiness()
            return try call.whole(call.backendCAs.list().map { call.backendCA($0, readiness) })
        },
        APIOperation(
            "getBackendCA", .get, "/backend-cas/{name}", tag: "Backend CAs", "One backend CA",
            permission: .readBackendCAs, parameters: [.path("name", "name of the backend CA")],
            answer: .json(.backendCA)
        ) { call in
            let administration = call.backendCAs
            guard let summary = administration.list().first(where: { $0.name == call.path("name") }) else {
                throw SettingsError.unknown("backend CA", call.path("name"), administration.names)
            }
            return .json(call.backendCA(summary, await call.readiness()))
        },
        APIOperation(
            "listProducts", .get, "/backend-cas/{name}/products", tag: "Backend CAs",
            "What the account may order there; asks the CA", permission: .readBackendCAs,
            parameters: [.path("name", "name of the backend CA")], answer: .list(of: .product)
        ) { call in try call.whole(try await call.backendCAs.products(call.path("name")).map(\.json)) },
    ]
}

extension APICall {
    var connectors: ConnectorAdministration { ConnectorAdministration(gateway.profiles) }
    var backendCAs: BackendCAAdministration { BackendCAAdministration(gateway) }

    /// A backend CA with what uses it and what an operator must mend there.
    fileprivate func backendCA(_ summary: BackendCASummary, _ readiness: Readiness?) -> JSONValue {
        var value = summary.json
        let configured = gateway.configuration.backendCA(summary.name)
        value["environment"] = JSONValue(configured?.environment)
        value["usedBy"] = JSONValue(
            gateway.configuration.templates.filter { $0.backendCA == summary.name }.map(\.name))
        value["actions"] = configured.map { rights.of($0).json } ?? []
        value["alarm"] = JSONValue(
            gateway.backends.openAlarms[summary.name] ?? readiness?.sentence(about: summary.name))
        return value
    }
}
