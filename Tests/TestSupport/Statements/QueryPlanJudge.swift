// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import Synchronization

/// Has SQLite explain each statement once, and complains of plans whose cost grows with the square of a table.
final class QueryPlanJudge: StatementJudge {
    /// Statements that were explained, of all databases of this process: plans go by the schema, which they share.
    private static let seen = Mutex<Set<String>>([])
    /// Of `INSERT` it would tell of looks for rows that refer to the new one, which it takes after deletions only.
    private static let verbs = ["SELECT", "WITH", "UPDATE", "DELETE"]

    let name = "SQLite"
    var dialect: SQLDialect { .sqlite }

    func complaints(_ sql: String, _ parameters: [SQLValue], on connection: any SQLConnection) -> [String] {
        guard Self.verbs.contains(where: sql.hasPrefix), !Self.seen.withLock({ $0.contains(sql) }),
            let plan = try? QueryPlan(of: sql, parameters, on: connection)
        else { return [] }
        Self.seen.withLock { _ = $0.insert(sql) }
        return plan.complaints
    }

    func statements(_ sql: String) -> [String] { [sql] }
}
