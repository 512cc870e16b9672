// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CSQLite
import Store

/// Owns one `sqlite3` handle and its prepared statements.
///
/// Sendable because it is opened by the caller of `SQLiteDatabase.init` and then given to one thread for good: no two threads
/// ever use it at the same time.
final class SQLiteConnection: SQLConnection, @unchecked Sendable {
    /// Marks a file as ours; the letters CWAY.
    private static let applicationID: Int64 = 0x4357_4159
    private static let maximumStatements = 200

    let path: String
    let dialect = SQLDialect.sqlite
    private let busyTimeout: Duration
    private let lockWait: SQLiteLockWait
    // Freed in close, or in deinit if init throws.
    private var handle: OpaquePointer?
    private var idleStatements: [String: SQLiteStatement] = [:]
    private var statementsInUse = 0

    init(path: String, busyTimeout: Duration) throws(StoreError) {
        self.path = path
        self.busyTimeout = busyTimeout
        lockWait = SQLiteLockWait(limit: busyTimeout)
        // NOMUTEX: one thread uses it. No CREATE: the file exists, with the mode we gave it.
        let status = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        guard status == SQLITE_OK else { throw error(status, during: nil) }
        sqlite3_extended_result_codes(handle, 1)
        lockWait.install(on: handle)
        if sqlite3_db_readonly(handle, "main") == 1 { throw error(SQLITE_READONLY, during: nil) }
        for setting in [
            "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON", "temp_store = MEMORY",
            "trusted_schema = OFF",
        ] {
            try execute("PRAGMA \(setting)")
        }
    }

    /// - Throws: `StoreError` with code `corrupt` for a file that is not a database of ours already.
    func requirePossession() throws(StoreError) {
        guard try integer("PRAGMA application_id") == Self.applicationID else {
            throw StoreError(.corrupt, "\(path) is no certway database: give the name of one")
        }
    }

    /// Makes the file a database of ours, or refuses it if it is somebody else's.
    func takePossession() throws(StoreError) {
        let owner = try integer("PRAGMA application_id")
        let tables = try integer("SELECT COUNT(*) FROM sqlite_master")
        guard owner == Self.applicationID || (owner == 0 && tables == 0) else {
            throw StoreError(
                .corrupt,
                "\(path) is the database of another program: give the name of a certway database or of a new file"
            )
        }
        if owner == 0 { try execute("PRAGMA application_id = \(Self.applicationID)") }
        guard try first("PRAGMA journal_mode = WAL") == .text("wal") else {
            throw StoreError(
                .connection,
                "the file system of \(path) has no shared memory for SQLite's write-ahead log: use a local disk")
        }
    }

    @discardableResult
    func execute(_ sql: String, _ parameters: [SQLValue]) throws(StoreError) -> Int {
        for parameter in parameters { try parameter.requireStorable() }
        let statement = try statement(sql)
        defer { giveBack(statement) }
        do throws(SQLiteFailure) {
            try statement.bind(parameters)
            while try statement.step() {}
        } catch { throw self.error(error.status, during: sql) }
        return Int(sqlite3_changes64(handle))
    }

    func forEachRow(_ sql: String, _ parameters: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        for parameter in parameters { try parameter.requireStorable() }
        let statement = try statement(sql)
        defer { giveBack(statement) }
        do {
            try statement.bind(parameters)
            while try statement.step() { try body(statement.row()) }
        } catch let failure as SQLiteFailure { throw error(failure.status, during: sql) }
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// - Throws: `StoreError` with code `connection` if somebody moved or deleted the file, which Linux lets happen while it is
    ///   open: what is written then would be gone with the process.
    func requireFileInPlace() throws(StoreError) {
        var hasMoved: Int32 = 0
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
        guard hasMoved == 0 else {
            throw StoreError(
                .connection,
                "the database \(path) was moved or deleted while in use: stop certway, put the file back, start again")
        }
    }

    /// Moves the write-ahead log into the database and empties it, so that overwritten bytes are in no file any more.
    ///
    /// - Returns: false if a reader or another process is in the way; it never waits for them.
    func checkpoint() -> Bool {
        sqlite3_busy_handler(handle, nil, nil)
        defer { lockWait.install(on: handle) }
        return sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil) == SQLITE_OK
    }

    func close() {
        idleStatements = [:]
        assert(statementsInUse == 0, "a statement is in use while its connection closes")
        let status = sqlite3_close(handle)
        assert(status == SQLITE_OK, "a statement leaked")
        handle = nil
    }

    deinit { if handle != nil { close() } }

    /// The first column of each row, of which all hold text.
    func texts(_ sql: String) throws(StoreError) -> [String] { try column(sql).compactMap(String.init(sqlValue:)) }

    private func first(_ sql: String) throws(StoreError) -> SQLValue { try column(sql).last ?? .null }

    private func column(_ sql: String) throws(StoreError) -> [SQLValue] {
        var values: [SQLValue] = []
        do {
            try forEachRow(sql, []) { values.append($0.values[0]) }
        } catch {
            // forEachRow throws StoreError or what its body throws, and this body throws nothing.
            throw error as? StoreError ?? StoreError(.other, "\(error)")
        }
        return values
    }

    private func integer(_ sql: String) throws(StoreError) -> Int64 { Int64(sqlValue: try first(sql)) ?? 0 }

    private func statement(_ sql: String) throws(StoreError) -> SQLiteStatement {
        let statement: SQLiteStatement
        if let idle = idleStatements.removeValue(forKey: sql) {
            statement = idle
        } else {
            do throws(SQLiteFailure) {
                statement = try SQLiteStatement(sql, on: handle)
            } catch { throw self.error(error.status, during: sql) }
        }
        statementsInUse += 1
        return statement
    }

    private func giveBack(_ statement: SQLiteStatement) {
        statementsInUse -= 1
        statement.reset()
        if idleStatements.count >= Self.maximumStatements { idleStatements = [:] }
        idleStatements[statement.sql] = statement
    }

    /// What SQLite says, as an error with the next step. Copies the texts at once, for the next call overwrites them.
    private func error(_ status: Int32, during sql: String?) -> StoreError {
        let text = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(status))
        return StoreError(
            sqlite: status, systemError: handle.map(sqlite3_system_errno) ?? 0, text: text, path: path,
            busyTimeout: busyTimeout, sql: sql)
    }
}
