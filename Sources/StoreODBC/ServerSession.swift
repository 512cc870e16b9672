// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// What a fresh connection is told, by its use.
enum ServerSession: Sendable {
    case reading
    case writing
    /// Holds a lock of the server that has a name.
    case locking

    /// The statements, each of which holds for the whole session.
    func statements(_ dialect: SQLDialect, _ family: ServerAddress.Family, _ options: ODBCDatabase.Options) -> [String]
    {
        let lock = options.lockTimeout.milliseconds
        let statement = options.statementTimeout.milliseconds
        let isReading = if case .reading = self { true } else { false }
        switch family {
        case .mysql:
            // REPEATABLE READ, the standard here, lets SELECT show old rows where UPDATE changes new ones.
            return [
                "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
                "SET SESSION TRANSACTION ISOLATION LEVEL "
                    + (isReading ? "REPEATABLE READ, READ ONLY" : "READ COMMITTED"),
                "SET SESSION innodb_lock_wait_timeout = \(max(1, lock / 1000))",
                "SET SESSION lock_wait_timeout = \(max(1, lock / 1000))",
                dialect.name == "mysql"
                    ? "SET SESSION max_execution_time = \(statement)"
                    : "SET SESSION max_statement_time = \(max(1, statement / 1000))",
            ]
        case .postgresql:
            return [
                "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL "
                    + (isReading ? "REPEATABLE READ, READ ONLY" : "READ COMMITTED"),
                "SET lock_timeout = \(lock)", "SET statement_timeout = \(statement)",
                "SET standard_conforming_strings = on",
                // What is not an error would be one more thing to read with each answer.
                "SET client_min_messages = error",
            ]
        case .sqlserver:
            return [
                // An error ends the transaction, as it does for us; otherwise one after a timeout would stay open.
                "SET XACT_ABORT ON", "SET QUOTED_IDENTIFIER ON", "SET LOCK_TIMEOUT \(lock)",
                // The database must allow it: ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON.
                "SET TRANSACTION ISOLATION LEVEL \(isReading ? "SNAPSHOT" : "READ COMMITTED")",
            ]
        }
    }
}
