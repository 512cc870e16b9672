// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store
import Synchronization

/// A database that speaks another dialect than it is asked for, keeps what its writings have said, and can break off behind one.
final class WatchedDatabase: SQLDatabase {
    /// One statement of a writing, with the ids that it brought.
    struct Statement: Sendable {
        let sql: String
        let parameters: [SQLValue]
        var ids: [Int64] = []
    }

    let dialect: SQLDialect
    private let inner: any SQLDatabase
    private let writings = Mutex<[[Statement]]>([])
    private let breaksAfter = Mutex<(count: Int, losesRecords: Bool)?>(nil)

    init(_ inner: any SQLDatabase, dialect: SQLDialect) {
        self.inner = inner
        self.dialect = dialect
    }

    /// The statements of each writing that was committed.
    var transactions: [[Statement]] { writings.withLock(\.self) }

    /// Lets so many writings be committed; the confirmation of the last is lost, and nothing is written after it.
    ///
    /// - Parameter losesRecords: whether of the last one only the definitions have been carried out, as where these commit by
    ///   themselves.
    func breakOff(after count: Int?, losesRecords: Bool = false) {
        breaksAfter.withLock { $0 = count.map { ($0, losesRecords) } }
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let dialect = dialect
        return try await inner.read { try body(WatchedConnection($0, dialect)) }
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let dialect = dialect
        let lost = StoreError(.connection, "the connection is lost")
        let end = breaksAfter.withLock { end in
            defer { end = end.map { ($0.count - 1, $0.losesRecords) } }
            return end
        }
        if let end, end.count <= 0 { throw lost }
        let isLast = end?.count == 1
        let losesRecords = isLast && end?.losesRecords == true
        let (result, said) = try await inner.write { connection in
            let watched = WatchedConnection(connection, dialect, losesRecords: losesRecords)
            return (try body(watched), watched.statements)
        }
        writings.withLock { $0.append(said) }
        if isLast { throw lost }
        return result
    }

    func alone<Result: Sendable>(
        _ name: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result { try await inner.alone(name, body) }

    func close() async { await inner.close() }
}

/// Used by one body at a time, as every connection.
private final class WatchedConnection: SQLConnection {
    let dialect: SQLDialect
    private let inner: any SQLConnection
    private let losesRecords: Bool
    private(set) var statements: [WatchedDatabase.Statement] = []

    init(_ inner: any SQLConnection, _ dialect: SQLDialect, losesRecords: Bool = false) {
        self.inner = inner
        self.dialect = dialect
        self.losesRecords = losesRecords
    }

    func execute(_ sql: String, _ parameters: [SQLValue]) throws(StoreError) -> Int {
        statements.append(.init(sql: sql, parameters: parameters))
        if losesRecords, !sql.hasPrefix("CREATE"), !sql.hasPrefix("ALTER") { return 1 }
        return try inner.execute(sql, parameters)
    }

    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        var statement = WatchedDatabase.Statement(sql: sql, parameters: parameters)
        try inner.forEachRow(sql, parameters) { row in
            if row.columns.index(of: "id") != nil, let id = try? row["id"] as Int64 { statement.ids.append(id) }
            try body(row)
        }
        statements.append(statement)
    }
}
