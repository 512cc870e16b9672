// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Gateway
import JSONDocuments
import Ledger

extension APIOperation {
    /// What is going on: for whoever looks first.
    static let overview = [
        APIOperation(
            "getOverview", .get, "/overview", tag: "Overview",
            "What needs somebody, whether certificates can be ordered, and what was done last",
            permission: .readServices, answer: .json(.overview)
        ) { call in .json(try await OverviewAdministration(call.gateway).json(await call.readiness())) },
        APIOperation(
            "getStatus", .get, "/status", tag: "Overview", "Whether issuing works, for everybody", permission: nil,
            isPublic: true,
            answer: .json(
                .answer(
                    APIField("issuing", .boolean), APIField("setUp", .boolean, "whether there is a template yet"),
                    APIField(
                        "nextStep", .nullable(.count), "of the first run, while there is no template; 1 is the first"),
                    APIField("at", .time)))
        ) { call in
            let states = try await IssuanceState.all(call.gateway, await call.readiness()).filter { !$0.isOff }
            let steps = states.isEmpty ? try await SetUpAdministration(call.gateway).standings() : []
            let next = steps.firstIndex { $0.state == .current }.map { JSONValue($0 + 1) }
            return .json([
                "nextStep": next ?? .null,
                "issuing": .bool(!states.isEmpty && states.contains { $0.cause == nil }),
                "setUp": .bool(!states.isEmpty), "at": .string(call.now.ISO8601Format()),
            ])
        },
        APIOperation(
            "listJobs", .get, "/jobs", tag: "Overview", "Recurring work: what ran last, and when it runs next",
            permission: .readServices, answer: .list(of: .job)
        ) { call in
            try call.whole(try await JobAdministration(call.gateway, caller: call.caller).list())
        },
        APIOperation(
            "listNodes", .get, "/nodes", tag: "Overview", "Gateways that share the database", permission: .readServices,
            answer: .list(of: .node)
        ) { call in try call.whole(try await call.gateway.ledger.nodes().map(\.json)) },
        APIOperation(
            "getServices", .get, "/services", tag: "Overview",
            "Whether everything works that the gateway depends on, as it was looked at last",
            permission: .readServices, answer: .json(.services)
        ) { call in
            .json(
                try await ServiceAdministration(call.gateway).last()
                    ?? ["at": .null, "findings": [], "failed": false, "standsStill": false])
        },
    ]
}
