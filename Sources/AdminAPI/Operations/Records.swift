// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import JSONDocuments
import Ledger
import Records
import Rules

extension APIOperation {
    /// Reading records: the audit trail, costs and rules.
    static let records = [
        APIOperation(
            "listAuditRecords", .get, "/audit-records", tag: "Records", "Who did what, newest first",
            permission: .readAudit,
            parameters: [
                .query("actor", "only what this one did"),
                .anyOf("action", "only these", .word(AuditAction.allCases.map(\.rawValue))),
                .query("object", "only what was done to it, by its id"),
                .query("person", "only what concerned this one"),
                .query("outcome", "only with this outcome", .word(AuditOutcome.allCases.map(\.rawValue))),
                .query("from", "from this day on (UTC)", .formatted(.day)),
                .query("until", "before this day (UTC)", .formatted(.day)),
            ], answer: .list(of: .auditRecord)
        ) { call in
            let administration = AuditAdministration(call.gateway.store)
            return try call.page(try await administration.list(call.auditFilter, try call.listRequest()), \.json)
        },
        APIOperation(
            "getAuditRecord", .get, "/audit-records/{number}", tag: "Records", "One record", permission: .readAudit,
            parameters: [.number("number", "of the record")], answer: .json(.auditRecord)
        ) { call in
            .json(try await AuditAdministration(call.gateway.store).record(call.pathNumber("number")).json)
        },
        APIOperation(
            "getCosts", .get, "/costs", tag: "Records", "What orders have cost", permission: .readOrders,
            parameters: [
                .query(
                    "groupBy", "what the rows tell apart", .word(CostReport.Grouping.allCases.map(\.rawValue))),
                .query("template", "only this template"), .query("from", "first month, such as 2026-01", .month),
                .query("to", "last month", .month),
            ], answer: .json(.costs)
        ) { call in
            // The report goes from the one to the other; the other way round it has nothing.
            let report = try await CostAdministration(call.gateway.store).report(
                call.text("groupBy").flatMap(CostReport.Grouping.init) ?? .all, template: call.text("template"),
                from: call.text("from").flatMap { CalendarMonth($0) }, to: call.text("to").flatMap { CalendarMonth($0) }
            )
            return .json(report.json)
        },
        APIOperation(
            "listRules", .get, "/rules", tag: "Records", "What may be certified, by dated rules",
            permission: .readTemplates,
            parameters: [.query("at", "only rules in force on that day", .formatted(.day))], answer: .list(of: .rule)
        ) { call in
            try call.whole(try RuleAdministration(call.gateway.profiles).list(at: call.moment("at")).map(\.json))
        },
    ]
}

extension APICall {
    var auditFilter: AuditFilter {
        AuditFilter(
            actor: text("actor"), actions: texts("action").isEmpty ? nil : Set(texts("action")), object: text("object"),
            person: text("person"), outcome: text("outcome").flatMap(AuditOutcome.init), from: moment("from"),
            until: moment("until"))
    }
}
