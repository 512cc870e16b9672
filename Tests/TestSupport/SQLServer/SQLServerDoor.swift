// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import Synchronization
import Testing

/// A database that is spoken to in the words of SQL Server: each statement is looked at by its rules, and carried out by SQLite in
/// its own. So what is looked at is all that the product says in the tests that run on it, and not a list of it.
final class SQLServerDoor: SQLDatabase {
    private let inner: any SQLDatabase
    private let rules = Mutex(SQLServerRules())

    init(_ inner: any SQLDatabase) { self.inner = inner }

    var dialect: SQLDialect { .sqlserver }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let test = Test.current
        return try await inner.read { [self] in try body(Connection($0, self, test)) }
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let test = Test.current
        return try await inner.write { [self] in try body(Connection($0, self, test)) }
    }

    func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result { try await inner.alone(name, body) }

    func close() async { await inner.close() }

    /// A complaint fails the test even where the product takes an error of the statement lightly.
    private func look(at sql: String, _ parameters: [SQLValue], of test: Test?) {
        let complaints = rules.withLock { $0.complaints(sql, parameters) }
        guard !complaints.isEmpty else { return }
        Issue.record(
            """
            SQL Server does not take this of \(test?.name ?? "a test"): \(complaints.joined(separator: "; ")): \(sql)
            """)
    }

    private final class Connection: SQLConnection {
        private let inner: any SQLConnection
        private let door: SQLServerDoor
        private let test: Test?

        init(_ inner: any SQLConnection, _ door: SQLServerDoor, _ test: Test?) {
            self.inner = inner
            self.door = door
            self.test = test
        }

        var dialect: SQLDialect { .sqlserver }

        func execute(_ sql: String, _ parameters: [SQLValue]) throws(StoreError) -> Int {
            door.look(at: sql, parameters, of: test)
            var changed = 0
            for statement in SQLServerTranslation.statements(sql) { changed = try inner.execute(statement, parameters) }
            return changed
        }

        func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
            door.look(at: sql, parameters, of: test)
            for statement in SQLServerTranslation.statements(sql) { try inner.forEachRow(statement, parameters, body) }
        }
    }
}
