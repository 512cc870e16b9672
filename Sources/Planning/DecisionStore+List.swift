// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
public import Store

extension DecisionStore {
    /// What is to be done for whom, as `planned` lists it.
    static let plannedList = SQLList(
        """
        (SELECT d.template AS template, d.subscriber_id AS subscriber_id, d.user_principal_name AS user_principal_name, \
        d.verdict AS verdict, d.reason AS reason, d.names AS names, d.due_at AS due_at, d.newest_order AS newest_order, \
        d.concern AS concern, d.action AS action, d.acts_on AS acts_on, d.incident AS incident \
        FROM enrollment_decisions d WHERE d.action IS NOT NULL)
        """,
        keys: [
            ("user", ["user_principal_name"]), ("template", ["template"]), ("action", ["action"]),
        ], identity: ["template", "subscriber_id"], standard: ListSort("template"))

    /// How changes of a plan are listed.
    public static let plannedSorting = plannedList.sorting

    /// A page of the people for whom the plan has something to be done.
    ///
    /// - Parameters:
    ///   - template: only this one; nil for all.
    ///   - actions: only these; nil for all.
    /// - Throws: `ListError`, `StoreError`.
    public func planned(
        template: String?, actions: Set<PlannedAction>?, _ request: ListRequest
    ) async throws -> ListPage<EnrollmentDecision> {
        try await database.read { connection in
            var conditions = SQLConditions()
            conditions.add("template = ?", template)
            conditions.add("action", anyOf: actions.map { Set($0.map(\.rawValue)) })
            return try Self.plannedList.page(request, conditions, on: connection) { rows in
                try rows.map { row in
                    EnrollmentDecision(
                        template: try row["template"], subscriberID: try row["subscriber_id"],
                        userPrincipalName: try row["user_principal_name"],
                        verdict: EnrollmentDecision.Verdict(rawValue: try row["verdict"]) ?? .skipped,
                        reason: try row["reason"],
                        names: RequestedNames(json: try JSONValue(parsing: try row["names"] as String)),
                        concern: CertificateConcern(rawValue: try row["concern"] as String? ?? ""),
                        dueAt: try row["due_at"], newestOrder: try row["newest_order"],
                        action: PlannedAction(rawValue: try row["action"] as String? ?? ""),
                        actsOn: try row["acts_on"], incident: try row["incident"])
                }
            }
        }
    }
}
