// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Ledger
import Settings
import Store

extension APIOperation {
    /// Reading templates.
    static let templates = [
        APIOperation(
            "listTemplates", .get, "/templates", tag: "Templates", "Templates, with the numbers of their people",
            permission: .readTemplates, answer: .list(of: .template)
        ) { call in
            let summaries = try await call.templates.summaries()
            let actions = try await call.rights.of(summaries.map(\.template))
            return try call.whole(
                summaries.map { summary in
                    var value = summary.json
                    value["actions"] = (actions[summary.template.name] ?? []).json
                    return value
                })
        },
        APIOperation(
            "getTemplate", .get, "/templates/{name}", tag: "Templates",
            "One template as it is stored, with its numbers and the change of its CA", permission: .readTemplates,
            parameters: [.path("name", "name of the template")], answer: .json(.templateDetails)
        ) { call in
            let name = call.path("name")
            let template = try call.templates.template(name)
            var value = try await call.templates.summaries().first { $0.template.name == name }?.json ?? [:]
            let document = try await call.templates.stored(template.name)
            value["document"] = document?.body ?? .null
            value["revision"] = JSONValue(Int(document?.revision ?? 0))
            let change = CASwitchAdministration(call.gateway, caller: call.caller)
            value["switch"] = try await change.standing(name)?.json ?? .null
            value["actions"] = (try await call.rights.of([template])[template.name] ?? []).json
            return .json(value, version: "\(document?.revision ?? 0)")
        },
    ]
}

extension APICall {
    /// What can be done with what is configured.
    var rights: ConfiguredActions { ConfiguredActions(gateway, caller) }

    var templates: TemplateAdministration {
        TemplateAdministration(gateway.store, gateway.configuration, gateway.profiles)
    }
}
