// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Ledger
import Planning

extension APIOperation {
    /// Reading what the gateway is about to do.
    static let plan = [
        APIOperation(
            "getPlan", .get, "/plan", tag: "Plan", "What the gateway is about to do, as it was decided last",
            permission: .readPlans,
            parameters: [.query("people", "people to name for each template and verdict", .integer(0...200))],
            answer: .json(.plan)
        ) { call in
            let current = try await call.plans.current(limit: call.int("people") ?? 5)
            var value = current.json
            value["actions"] = try await PlanActions(call.gateway, call.caller).of(current.overview).json
            return .json(value, version: current.fingerprint)
        },
        APIOperation(
            "listPlanItems", .get, "/plan/items", tag: "Plan", "What is to be done for whom", permission: .readPlans,
            parameters: [
                .query("template", "only this template"),
                .anyOf("action", "only these", .word(PlannedAction.allCases.map(\.rawValue))),
            ],
            answer: .list(
                of: .planItem,
                sorts: [("userPrincipalName", "user"), ("template", "template"), ("action", "action")])
        ) { call in
            let page = try await call.plans.changes(
                template: call.text("template"), actions: call.words("action", as: PlannedAction.self),
                try call.listRequest())
            return try call.page(page, \.json)
        },
    ]
}

extension APICall {
    var plans: PlanAdministration { PlanAdministration(gateway, caller: caller) }
}
