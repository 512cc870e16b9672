// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CSQLite
import Foundation
public import Store

/// Copies of a database file that are whole (https://www.sqlite.org/backup.html).
public enum SQLiteCopy {
    /// So many pages between two reports; at 4096 bytes each, 8 MiB.
    private static let step: Int32 = 2048

    /// Makes `target` the database as it is at one moment, while others read and write it. The new file is its owner's alone and
    /// has no log beside it.
    ///
    /// - Parameter onProgress: gets the part that is done, 0 to 1.
    /// - Throws: `StoreError`; nothing of the target is there then.
    public static func make(
        of source: String, at target: String, onProgress: (Double) -> Void = { _ in }
    ) throws(StoreError) {
        guard FileManager.default.fileExists(atPath: source) else { throw StoreError(opening: source, ENOENT) }
        guard !FileManager.default.fileExists(atPath: target) else {
            throw StoreError(.exists, "\(target) is there already, and nothing is overwritten: give another name")
        }
        try SQLiteFile.prepare(target)
        do throws(StoreError) {
            try copy(source, target, onProgress)
            try settle(target)
        } catch {
            remove(target)
            throw error
        }
    }

    /// Looks a whole file over: whether it is a database of ours, and whether its pages, indexes and references fit together. The
    /// file is a plain one afterwards, without a log beside it.
    ///
    /// - Throws: `StoreError` with code `corrupt` naming the first thing that does not fit.
    public static func settle(_ path: String) throws(StoreError) {
        let connection = try SQLiteConnection(path: path, busyTimeout: .seconds(5))
        try connection.requirePossession()
        let findings = try connection.texts("PRAGMA integrity_check(1)")
        guard findings == ["ok"] else {
            throw StoreError(.corrupt, "\(path) is damaged: \(findings.first ?? "no answer to the check")")
        }
        let lost = try connection.texts("PRAGMA foreign_key_check")
        guard lost.isEmpty else {
            throw StoreError(.corrupt, "\(path) is damaged: rows of \(lost[0]) belong to rows that are not there")
        }
        _ = try connection.texts("PRAGMA journal_mode = DELETE")
        connection.close()
    }

    /// Makes a file that was opened a plain one again, without a log beside it; looks at nothing.
    public static func flatten(_ path: String) throws(StoreError) {
        let connection = try SQLiteConnection(path: path, busyTimeout: .seconds(5))
        _ = try connection.texts("PRAGMA journal_mode = DELETE")
        connection.close()
    }

    /// Takes a database file away with all that lies beside it.
    public static func remove(_ path: String) {
        for end in files { unlink(path + end) }
    }

    /// Tells a file from a copy of it, also from one at the same place; nil where there is none.
    public static func identity(of path: String) -> String? {
        var (number, seconds, nanoseconds): (UInt64, Int64, UInt32) = (0, 0, 0)
        guard certway_file_birth(path, &number, &seconds, &nanoseconds) == 0 else { return nil }
        return "\(number) \(seconds).\(nanoseconds)"
    }

    /// What the files of one database end in.
    public static let files = ["", "-wal", "-shm", "-journal"]

    private static func copy(
        _ source: String, _ target: String, _ onProgress: (Double) -> Void
    ) throws(StoreError) {
        let (from, to) = (try Handle(source), try Handle(target))
        // A reading that is open before the first step holds for all of them: what others commit meanwhile changes nothing.
        try from.run("BEGIN")
        try from.run("SELECT COUNT(*) FROM sqlite_master")
        guard let backup = sqlite3_backup_init(to.pointer, "main", from.pointer, "main") else {
            throw to.error(sqlite3_errcode(to.pointer))
        }
        var status = SQLITE_OK
        while status == SQLITE_OK || status == SQLITE_BUSY || status == SQLITE_LOCKED {
            status = sqlite3_backup_step(backup, step)
            let (left, all) = (sqlite3_backup_remaining(backup), sqlite3_backup_pagecount(backup))
            if all > 0 { onProgress(1 - Double(left) / Double(all)) }
            if status == SQLITE_BUSY || status == SQLITE_LOCKED { usleep(20_000) }
        }
        let end = sqlite3_backup_finish(backup)
        guard status == SQLITE_DONE, end == SQLITE_OK else { throw to.error(status == SQLITE_DONE ? end : status) }
    }

    /// A connection for copying alone.
    private final class Handle {
        let path: String
        private(set) var pointer: OpaquePointer?

        init(_ path: String) throws(StoreError) {
            self.path = path
            let status = sqlite3_open_v2(path, &pointer, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
            guard status == SQLITE_OK else { throw error(status) }
            sqlite3_extended_result_codes(pointer, 1)
            sqlite3_busy_timeout(pointer, 5000)
        }

        deinit { sqlite3_close(pointer) }

        func run(_ sql: String) throws(StoreError) {
            let status = sqlite3_exec(pointer, sql, nil, nil, nil)
            guard status == SQLITE_OK else { throw error(status) }
        }

        func error(_ status: Int32) -> StoreError {
            StoreError(
                sqlite: status, systemError: pointer.map(sqlite3_system_errno) ?? 0,
                text: String(cString: sqlite3_errstr(status)), path: path, busyTimeout: .seconds(5), sql: nil)
        }
    }
}
