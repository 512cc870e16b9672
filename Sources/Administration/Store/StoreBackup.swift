// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger
import Records
import Settings
import Store
import StoreSQLite

/// A copy of a gateway's embedded database in one file, made and looked over while the service runs.
public struct StoreBackup: Sendable {
    public let file: String
    public let byteCount: Int
    public let facts: StoreFacts
    /// Where the sealing key lies; nil when it was not asked for.
    public let sealingKeyFile: String?
    /// Why it does not stand in the audit trail; nil when it does.
    public let missingRecord: String?

    /// Makes the copy. It is there complete, or not at all.
    ///
    /// - Parameters:
    ///   - place: the name of the new file, or a folder in which it gets a name from the time.
    ///   - withSealingKey: whether the key that opens what is sealed in the database is copied beside it.
    ///   - actor: who makes it.
    ///   - onProgress: gets the part that is done.
    /// - Throws: `AccessDenied`; `SettingsError` when there is no gateway or something of that name, `StoreError`, `FileError`.
    public static func make(
        of home: GatewayHome, at place: String, withSealingKey: Bool, by caller: Caller, now: Date = Date(),
        onProgress: @Sendable (Double) -> Void = { _ in }
    ) async throws -> StoreBackup {
        // There may be no database to put a refusal into.
        try caller.require(.configure)
        guard let source = try home.location().file else {
            throw SettingsError(
                "the database is \(home.databasePlace), which is backed up where it is: \(onServer(home))", at: .state)
        }
        guard FileManager.default.fileExists(atPath: source) else {
            throw SettingsError("no gateway in \(home.path): name its folder with --home DIR")
        }
        let file = try name(place, now)
        let keyFile = withSealingKey ? keyFile(beside: file) : nil
        for path in [file, keyFile].compactMap(\.self) where FileManager.default.fileExists(atPath: path) {
            throw SettingsError(
                "\(path) is there already, and nothing is overwritten: give another name", at: .commandLine)
        }
        // Before the long work; what cannot be read is not promised.
        let key = withSealingKey ? try home.readSealingKey() : nil
        let temporary = "\(file).\(UUID().uuidString).part"
        defer { SQLiteCopy.remove(temporary) }
        try SQLiteCopy.make(of: source, at: temporary, onProgress: onProgress)
        let facts = try await read(temporary)
        if let key, let identifier = facts.sealingKeyIdentifier, key.identifier != identifier {
            throw SettingsError(
                "\(home.sealingKey) is another key than the one made with this folder: no backup was made")
        }
        if let key, let keyFile { try key.bytes.withBytes { try CompleteFile(path: keyFile).createNew($0) } }
        do {
            try CompleteFile(path: file).take(temporary)
        } catch {
            if let keyFile { unlink(keyFile) }
            throw error
        }
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
        // The copy is good, be the database one that nobody can write to any more.
        var missing: String?
        do { try await caller.asOrigin { try await note(file, facts, withSealingKey, caller.name, home) } } catch {
            missing = "\(error)"
        }
        return StoreBackup(
            file: file, byteCount: size ?? 0, facts: facts, sealingKeyFile: keyFile, missingRecord: missing)
    }

    private static func note(
        _ file: String, _ facts: StoreFacts, _ withSealingKey: Bool, _ actor: String, _ home: GatewayHome
    ) async throws {
        let door = try await StoreDoor.open(home)
        guard try await Migrator(GatewayStore.migrations).status(of: door.database).missing.isEmpty else {
            throw SettingsError("the database is of an older version, which has no audit trail", at: .state)
        }
        try await OrderLedger(database: door.database, origin: AuditOrigin(command: home.command)).audit.record(
            AuditEntry(
                .backUpStore, AuditObject(.store, door.place), by: AuditActor(named: actor),
                after: [
                    "file": .string(file), "orders": JSONValue(Int(facts.orders)),
                    "withSealingKey": .bool(withSealingKey),
                ]))
    }

    /// What belongs together where the database is on a server, and in which order it is saved.
    private static func onServer(_ home: GatewayHome) -> String {
        "first the database, as of one moment (mariadb-dump --single-transaction, pg_dump, BACKUP DATABASE, or the managed service's "
            + "own), then \(home.path)/certway.submissions of each node, which may be newer than the database and never older; and "
            + "\(home.sealingKey) once, at another place"
    }

    /// Where the sealing key of a backup lies, if it was copied.
    static func keyFile(beside file: String) -> String { "\(file).sealing.key" }

    /// A time as part of a file's name.
    static func moment(_ now: Date) -> String { now.ISO8601Format().filter { $0.isLetter || $0.isNumber } }

    /// What a copy that nobody else uses, and that has been looked over, says of itself; it is a plain file again afterwards.
    ///
    /// - Throws: `StoreError`.
    static func read(_ file: String) async throws -> StoreFacts {
        let database = try SQLiteDatabase(path: file)
        let facts: StoreFacts
        do {
            facts = try await StoreFacts(of: database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        try SQLiteCopy.flatten(file)
        return facts
    }

    private static func name(_ place: String, _ now: Date) throws(SettingsError) -> String {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
        if exists, isFolder.boolValue {
            return "\(place.hasSuffix("/") ? String(place.dropLast()) : place)/certway-\(moment(now)).db"
        }
        let folder = URL(filePath: place).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder) else {
            throw SettingsError("folder \(folder) does not exist: make it, or give another name", at: .commandLine)
        }
        return place
    }

    public var json: JSONValue {
        .object(
            (facts.json.object ?? [:]).merging([
                "file": .string(file), "bytes": JSONValue(byteCount), "sealingKeyFile": JSONValue(sealingKeyFile),
            ]) { $1 })
    }
}
