// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import Synchronization

/// Has the product speak in the words of SQL Server, of which there is no server here: each statement is looked at by its rules, and
/// carried out by SQLite in its own.
final class SQLServerJudge: StatementJudge {
    private let rules = Mutex(SQLServerRules())

    let name = "SQL Server"
    var dialect: SQLDialect { .sqlserver }

    func complaints(_ sql: String, _ parameters: [SQLValue], on connection: any SQLConnection) -> [String] {
        rules.withLock { $0.complaints(sql, parameters) }
    }

    func statements(_ sql: String) -> [String] { SQLServerTranslation.statements(sql) }
}
