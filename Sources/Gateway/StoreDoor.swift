// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings
public import Store
import StoreSQLite
import Synchronization

/// The one place where a gateway's database is opened, whatever engine it is.
public struct StoreDoor: Sendable {
    public let database: any SQLDatabase
    /// The file of an embedded database; nil for one on a server.
    public let file: String?

    /// How each database that this process has opened is closed.
    private static let closings = Mutex<[@Sendable () async -> Void]>([])

    /// Closes the databases of this process, so that what was committed lies in certway.db alone, and not in a log beside it that a
    /// copy of the file would lack. To be called when nothing works with them any more.
    static func closeAll() async {
        let closings = closings.withLock { closings in
            defer { closings = [] }
            return closings
        }
        for close in closings { await close() }
    }

    /// Opens a database as it is; no step of the schema is applied.
    ///
    /// - Parameters:
    ///   - store: where it is, such as `sqlite:/var/lib/certway/certway.db`; nil for the one of `home`.
    ///   - mayCreate: whether an embedded one is made where there is none.
    /// - Throws: `SettingsError` for a place that is none, `StoreError` for a database that cannot be used.
    public static func open(_ home: GatewayHome, store: String? = nil, mayCreate: Bool = false) async throws
        -> StoreDoor
    {
        let path = try store.map(path) ?? home.database
        if store == nil { try home.check() }
        guard mayCreate || FileManager.default.fileExists(atPath: path) else {
            throw SettingsError(
                store == nil
                    ? "no gateway in \(home.path): begin with 'certway apply -f FILE', or name its folder with --home DIR"
                    : "there is no database \(path)", at: store == nil ? .configuration : .commandLine)
        }
        let database = try SQLiteDatabase(path: path)
        closings.withLock { $0.append(database.closing) }
        return StoreDoor(database: database, file: path)
    }

    /// Whether there is something to open; a server is asked by opening it.
    public static func isThere(_ store: String) throws(SettingsError) -> Bool {
        FileManager.default.fileExists(atPath: try path(store))
    }

    private static func path(_ store: String) throws(SettingsError) -> String {
        let scheme = "sqlite:"
        guard store.hasPrefix(scheme), store.count > scheme.count else {
            throw SettingsError(
                "\"\(store)\" is no place of a database: expected sqlite:FILE, such as sqlite:/var/lib/certway/certway.db",
                at: .commandLine)
        }
        return String(store.dropFirst(scheme.count))
    }
}
