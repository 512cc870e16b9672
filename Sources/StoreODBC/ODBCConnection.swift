// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CODBC
import Store

/// Owns one connection to a server and its prepared statements. Used by one thread at a time.
///
/// Sendable because it goes from the thread that made it to another one for good.
final class ODBCConnection: SQLConnection, @unchecked Sendable {
    private static let maximumStatements = 200

    let dialect: SQLDialect
    let address: ServerAddress
    let options: ODBCDatabase.Options
    let handle: SQLHDBC
    let running: RunningCall
    private let buffer: UnsafeMutableRawPointer
    private var idleStatements: [String: ODBCStatement] = [:]
    private var isConnected = false

    /// The first failure of the transaction. It stays until the transaction is over: the server may have undone everything, and
    /// some would run what comes next in a new transaction, or say that a COMMIT was done.
    private(set) var failure: ServerFailure?
    /// Whether the transaction has changed anything.
    private(set) var hasWritten = false
    /// By what the transaction can be recognized once it is kept.
    private(set) var proof: CommitProof?

    /// Connects, and prepares the session for its use.
    ///
    /// - Parameter session: statements for a fresh connection.
    /// - Throws: `StoreError`, or what the credential throws.
    init(
        _ address: ServerAddress, _ credential: ServerCredential, _ options: ODBCDatabase.Options,
        _ dialect: SQLDialect, session: [String], running: RunningCall
    ) throws {
        self.address = address
        self.options = options
        self.dialect = dialect
        self.running = running
        handle = try ODBCEnvironment.makeConnection()
        buffer = .allocate(byteCount: ODBCRowReader.chunk, alignment: 8)
        try connect(credential)
        isConnected = true
        // Off for good: one transaction follows the other, and each is ended by `commit` or `rollback`.
        SQLSetConnectAttr(handle, SQL_ATTR_AUTOCOMMIT, nil, 0)
        for statement in session { try executeDirectly(statement) }
        try commit()
        beginTransaction()
    }

    deinit {
        close()
        SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_DBC), handle)
        buffer.deallocate()
    }

    /// Forgets what was known of the transaction before; the server begins one with the first statement.
    func beginTransaction() {
        failure = nil
        hasWritten = false
        proof = nil
    }

    func isProved(by proof: CommitProof) { self.proof = proof }

    @discardableResult
    func execute(_ sql: String, _ parameters: [SQLValue]) throws(StoreError) -> Int {
        hasWritten = true
        let statement = try run(sql, parameters)
        defer { giveBack(statement) }
        return try call(sql, on: statement.handle) { () throws(ODBCFailure) in try statement.changedRows() }
    }

    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        let statement = try run(sql, parameters)
        defer { giveBack(statement) }
        while true {
            let row = try call(sql, on: statement.handle) { () throws(ODBCFailure) in
                try statement.fetch() ? try statement.row() : nil
            }
            guard let row else { return }
            try body(row)
        }
    }

    private func run(_ sql: String, _ parameters: [SQLValue]) throws(StoreError) -> ODBCStatement {
        for parameter in parameters { try parameter.requireStorable() }
        let statement: ODBCStatement
        if let idle = idleStatements.removeValue(forKey: sql) {
            statement = idle
        } else {
            statement = try call(sql, on: nil) { () throws(ODBCFailure) in
                try ODBCStatement(sql, on: handle, address.family, buffer: buffer)
            }
        }
        do {
            try call(sql, on: statement.handle) { () throws(ODBCFailure) in
                try statement.bind(parameters)
                try statement.execute()
            }
        } catch {
            giveBack(statement)
            throw error
        }
        return statement
    }

    private func giveBack(_ statement: ODBCStatement) {
        statement.reset()
        // One that no longer fits the schema fails until it is prepared anew.
        if failure?.kind == .stalePlan { return idleStatements = [:] }
        if idleStatements.count >= Self.maximumStatements { idleStatements = [:] }
        idleStatements[statement.sql] = statement
    }

    /// Makes a call into the driver under the watch of the pool.
    ///
    /// - Parameters:
    ///   - sql: what the error names; nil while connecting or ending a transaction.
    ///   - limit: nil for that of a statement.
    ///   - secret: what must stand in no error.
    func call<Value>(
        _ sql: String?, on statement: SQLHSTMT?, limit: Duration? = nil, hiding secret: String? = nil,
        _ body: () throws(ODBCFailure) -> Value
    ) throws(StoreError) -> Value {
        if let failure { throw failure.error }
        guard running.begin(statement, limit: limit ?? options.statementTimeout + options.grace) else {
            throw StoreError(.connection, "the database \(address) did not answer in time; the step was given up")
        }
        defer { running.end() }
        do throws(ODBCFailure) {
            return try body()
        } catch {
            let failure = ServerFailure(
                error, at: address, during: sql, options, isConnected: isConnected, isDead: isDead, hiding: secret)
            self.failure = failure
            throw failure.error
        }
    }

    /// Sends a statement without preparing it: what SQL Server is told in a prepared one holds for that one only.
    private func executeDirectly(_ sql: String) throws(StoreError) {
        try call(sql, on: nil) { () throws(ODBCFailure) in
            var statement: SQLHSTMT?
            let status = SQLAllocHandle(SQLSMALLINT(SQL_HANDLE_STMT), handle, &statement)
            guard status.isSuccess else { throw ODBCFailure(status, connection: handle) }
            defer { SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_STMT), statement) }
            var text = Array(sql.utf16)
            let executed = SQLExecDirectW(statement, &text, SQLINTEGER(text.count))
            guard executed.isSuccess || executed == SQL_NO_DATA else {
                throw ODBCFailure(executed, statement: statement)
            }
        }
    }

    /// PostgreSQL's driver names no state of its own for some losses, but it knows of them then.
    private var isDead: Bool {
        var isDead: SQLUINTEGER = 0
        let status = SQLGetConnectAttr(handle, SQL_ATTR_CONNECTION_DEAD, &isDead, SQL_IS_UINTEGER, nil)
        return isConnected && status.isSuccess && isDead == 1
    }

    /// Ends the connection; what was not committed is undone.
    func close() {
        // In any case, so that a server that does not answer keeps nobody waiting; one that was given up may wait for it.
        _ = running.begin(nil, limit: options.grace)
        defer { running.end() }
        idleStatements = [:]
        guard isConnected else { return }
        isConnected = false
        // SQL Server does not let go of a connection that is in a transaction.
        SQLEndTran(SQLSMALLINT(SQL_HANDLE_DBC), handle, SQLSMALLINT(SQL_ROLLBACK))
        SQLDisconnect(handle)
    }
}
