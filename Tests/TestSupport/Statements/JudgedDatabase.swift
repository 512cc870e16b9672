// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import Testing

/// A database whose statements are looked at before they are carried out. So what is looked at is all that the product says in the
/// tests that run on it, and not a list of it.
final class JudgedDatabase: SQLDatabase {
    private let inner: any SQLDatabase
    private let judge: any StatementJudge

    init(_ inner: any SQLDatabase, by judge: any StatementJudge) {
        self.inner = inner
        self.judge = judge
    }

    var dialect: SQLDialect { judge.dialect }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let test = Test.current
        return try await inner.read { [judge] in try body(Connection($0, judge, test)) }
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let test = Test.current
        return try await inner.write { [judge] in try body(Connection($0, judge, test)) }
    }

    func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result { try await inner.alone(name, body) }

    func close() async { await inner.close() }

    private final class Connection: SQLConnection {
        private let inner: any SQLConnection
        private let judge: any StatementJudge
        private let test: Test?

        init(_ inner: any SQLConnection, _ judge: any StatementJudge, _ test: Test?) {
            self.inner = inner
            self.judge = judge
            self.test = test
        }

        var dialect: SQLDialect { judge.dialect }

        func isProved(by proof: CommitProof) { inner.isProved(by: proof) }

        func execute(_ sql: String, _ parameters: [SQLValue]) throws(StoreError) -> Int {
            look(at: sql, parameters)
            var changed = 0
            for statement in judge.statements(sql) { changed = try inner.execute(statement, parameters) }
            return changed
        }

        func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
            look(at: sql, parameters)
            for statement in judge.statements(sql) { try inner.forEachRow(statement, parameters, body) }
        }

        /// A complaint fails the test even where the product takes an error of the statement lightly.
        private func look(at sql: String, _ parameters: [SQLValue]) {
            let complaints = judge.complaints(sql, parameters, on: inner)
            guard !complaints.isEmpty else { return }
            Issue.record(
                "\(judge.name) does not take this of \(test?.name ?? "a test"): \(complaints.joined(separator: "; ")): \(sql)"
            )
        }
    }
}
