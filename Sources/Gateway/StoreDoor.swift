// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Settings
public import Store
import StoreODBC
import StoreSQLite
import Synchronization

/// The one place where a gateway's database is opened, whatever engine it is.
public struct StoreDoor: Sendable {
    public let database: any SQLDatabase
    /// The file of an embedded database; nil for one on a server.
    public let file: String?
    /// What to call it in a sentence.
    public let place: String

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
    ///   - option: how `store` was given.
    ///   - mayCreate: whether an embedded one is made where there is none.
    /// - Throws: `SettingsError` for a place that is none, `Diagnostics` for what is wrong in a file that names one, `StoreError` for a
    ///   database that cannot be used.
    public static func open(
        _ home: GatewayHome, store: String? = nil, option: String = "--store", mayCreate: Bool = false
    ) async throws -> StoreDoor {
        if store == nil { try home.check() }
        OwnFiles.keep(home.ownFiles, of: home.path)
        let location = try store.map { try StoreLocation($0, from: .option(option)) } ?? home.location()
        switch location.place {
        case .file(let path):
            guard mayCreate || FileManager.default.fileExists(atPath: path) else {
                throw store == nil && path == home.database
                    ? SettingsError(
                        "no gateway in \(home.path): begin with 'certway apply -f FILE', or name its folder with --home DIR"
                    )
                    : SettingsError("there is no database \(path)", at: .commandLine)
            }
            if store == nil, path != home.database {
                do { try TrustedPath.ofThisProcess.check(path, as: .ownFile) } catch {
                    throw SettingsError(error.message)
                }
            }
            OwnFiles.keep([path, "\(path)-wal", "\(path)-shm"], of: (path as NSString).deletingLastPathComponent)
            let database = try SQLiteDatabase(path: path)
            closings.withLock { $0.append(database.closing) }
            return StoreDoor(database: database, file: path, place: "\(location)")
        case .server(let address, let signIn):
            let database = try await ODBCDatabase.open(address, try signIn.credential(at: address))
            closings.withLock { $0.append(database.closing) }
            return StoreDoor(database: database, file: nil, place: "\(location)")
        }
    }

    /// Whether there is something to open; a server is asked by opening it.
    public static func isThere(_ store: String, option: String) throws -> Bool {
        try StoreLocation(store, from: .option(option)).file.map { FileManager.default.fileExists(atPath: $0) } ?? true
    }

    /// Tells the file of an embedded database from a copy of it; nil for one on a server.
    var fileIdentity: String? { file.flatMap { SQLiteCopy.identity(of: $0) } }
}
