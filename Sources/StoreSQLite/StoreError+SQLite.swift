// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CSQLite
import Foundation
public import Store

extension StoreError {
    /// What to do about a database that is in use and damaged.
    public static let adviceOnDamage =
        "restore the whole folder from a backup, without a -wal or -shm file of another copy; with an empty one in its place everything "
        + "would be ordered again"

    /// A failure of the operating system before SQLite had the file.
    init(opening path: String, _ code: Int32) {
        let reason = String(cString: strerror(code))
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        switch code {
        case ENOENT:
            self.init(
                .connection, "the folder \(folder) does not exist: create it, or correct the path of the database")
        case EACCES, EPERM:
            self.init(
                .connection,
                "cannot open the database \(path) (\(reason)): let the user that runs certway own it and its folder")
        case EROFS:
            self.init(.readOnly, "cannot open the database \(path) (\(reason)): put it on a disk that is writable")
        case ENOSPC, EDQUOT: self.init(.full, "cannot create the database \(path) (\(reason)): free some space")
        default: self.init(.connection, "cannot open the database \(path) (\(reason)): correct its path")
        }
    }

    /// - Parameters:
    ///   - status: extended result code (https://www.sqlite.org/rescode.html).
    ///   - systemError: errno behind it, or 0.
    init(sqlite status: Int32, systemError: Int32, text: String, path: String, busyTimeout: Duration, sql: String?) {
        let detail = "SQLite \(status), errno \(systemError): \(text)" + (sql.map { " in: \($0)" } ?? "")
        let nothingChanged = "nothing was changed by this step"
        let code = status & 0xff
        let isFull = code == SQLITE_FULL || (code == SQLITE_IOERR && [ENOSPC, EDQUOT].contains(systemError))
        switch code {
        case SQLITE_CONSTRAINT: self.init(.constraint, text, detail: detail)
        case SQLITE_ERROR where text.hasSuffix(" already exists") || text.hasPrefix("duplicate column name"):
            self.init(.exists, text, detail: detail)
        case _ where isFull:
            self.init(
                .full, "no space is left for the database \(path): free some; \(nothingChanged), and work goes on then",
                detail: detail)
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(
                .busy,
                "the database \(path) has been locked by another program for \(busyTimeout.milliseconds) ms: "
                    + "stop that program, or try again later; \(nothingChanged)", detail: detail)
        case SQLITE_READONLY, SQLITE_PERM:
            self.init(
                .readOnly,
                "the database \(path) cannot be written: let the user that runs certway own it and its folder, "
                    + "on a disk that is writable; \(nothingChanged)", detail: detail)
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self.init(
                .corrupt,
                "the database \(path) is damaged or is no database (\(text)): \(Self.adviceOnDamage)", detail: detail)
        case SQLITE_CANTOPEN where systemError != 0: self.init(opening: path, systemError)
        case SQLITE_CANTOPEN, SQLITE_IOERR:
            self.init(
                .connection,
                "the database \(path) cannot be read or written (\(text)): look at its disk; \(nothingChanged)",
                detail: detail)
        default: self.init(.other, "the database refused a statement (\(text)); \(nothingChanged)", detail: detail)
        }
    }
}
