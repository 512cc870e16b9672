// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

extension EnrollmentRegister {
    /// How the people of a policy are listed.
    public static let policySorting = policyList([]).sorting

    private static func policyList(_ parameters: [SQLValue], places: String = "?") -> SQLList {
        SQLList(
            """
            (SELECT subscriber_id, MAX(user_principal_name) AS user_principal_name, \
            SUM(CASE status WHEN 'inUse' THEN 1 ELSE 0 END) AS in_use, \
            SUM(CASE status WHEN 'left' THEN 1 ELSE 0 END) AS gone, COUNT(*) AS known \
            FROM (\(people)) everybody WHERE template IN (\(places)) GROUP BY subscriber_id)
            """, parameters,
            keys: [("user", ["user_principal_name"]), ("complete", ["in_use", "user_principal_name"])],
            identity: ["user_principal_name", "subscriber_id"], standard: ListSort("user"), isComputed: true)
    }

    /// A page of the people of a policy, each once, with all its templates.
    ///
    /// - Parameters:
    ///   - templates: those of the policy; nobody is of none.
    ///   - isComplete: only who has all certificates, or who has not; nil for everybody. Who has left is not missing any.
    public func people(
        of templates: [String], isComplete: Bool?, _ request: ListRequest
    ) async throws -> ListPage<PolicyMember> {
        guard !templates.isEmpty else { return ListPage(whole: []) }
        guard templates.count <= SQLValueList.longest else {
            throw EnrollmentError(
                "\(templates.count) templates are more than one list of people can have, which is \(SQLValueList.longest): ask for one "
                    + "template")
        }
        let names = SQLValueList(templates)
        let now = now()
        let list = Self.policyList([SQLValue(now)] + names.parameters, places: names.places)
        return try await database.read { connection in
            var conditions = SQLConditions()
            if let isComplete {
                let number = SQLValue.integer(Int64(templates.count))
                conditions.add(isComplete ? "in_use = ?" : "in_use < ? AND gone < known", all: [number])
            }
            return try list.page(request, conditions, on: connection) { rows in
                let ids: [String] = try rows.map { try $0["subscriber_id"] }
                var standings: [String: [String: EnrolledPerson]] = [:]
                for part in SQLValueList.lists(ids) {
                    let people = try connection.query(
                        "SELECT * FROM (\(Self.people)) everybody WHERE template IN (\(names.places)) "
                            + "AND subscriber_id IN (\(part.places))",
                        [SQLValue(now)] + names.parameters + part.parameters
                    ).map(person)
                    for person in people { standings[person.subscriberID, default: [:]][person.template] = person }
                }
                return try rows.map { row in
                    let id: String = try row["subscriber_id"]
                    let inUse: Int = try row["in_use"]
                    return PolicyMember(
                        subscriberID: id, userPrincipalName: try row["user_principal_name"],
                        standings: standings[id] ?? [:], isComplete: inUse == templates.count)
                }
            }
        }
    }
}
