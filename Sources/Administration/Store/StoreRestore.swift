// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Gateway
import JSONDocuments
import Ledger
import PKIX
import Records
import Settings
import Store
import StoreSQLite

/// Puts a copy of the embedded database in the place of the present one, with everything checked before.
public struct StoreRestore: Sendable {
    public let file: String
    /// What the copy says of itself.
    public let facts: StoreFacts
    /// Requests that have left for CAs as far as this folder knows; nil where it knows nothing.
    public let left: Int64?
    /// Where the present database lies from now on; nil when there was none, or nothing was changed.
    public let keptAside: String?
    /// Whether the sealing key came out of the backup.
    public let hasBroughtKey: Bool
    /// Whether the folder has never sent anything: the gateway that the backup is of may still work somewhere else.
    public var isElsewhere: Bool { left == nil }

    /// Checks the copy and the folder, and changes nothing unless `isDryRun` is false.
    ///
    /// The number of requests that is kept beside the database stays as it is: by it the gateway knows that the database is an
    /// older one.
    ///
    /// - Throws: `AccessDenied`; `SettingsError` while another process works on the folder, for a copy that does not fit the sealing key or is
    ///   a newer version's; `StoreError` for a damaged one; `FileError`. The present database is in its place then. A process that is
    ///   killed between two renames leaves it whole under the other name; the same call again puts the copy in its place.
    public static func put(
        _ file: String, into home: GatewayHome, by caller: Caller, isDryRun: Bool, now: Date = Date()
    ) async throws -> StoreRestore {
        // There may be no database to put a refusal into.
        try caller.require(.configure)
        guard let database = try home.location().file else {
            throw SettingsError(
                "the database is \(home.databasePlace), which is restored where it is, with every node stopped; leave "
                    + "\(home.path)/certway.submissions as it is, for it tells that the database is an older one, and look at 'certway "
                    + "plan' before the first node starts", at: .state)
        }
        guard FileManager.default.fileExists(atPath: file) else {
            throw SettingsError("there is no file \(file)", at: .commandLine)
        }
        guard URL(filePath: file).resolvingSymlinksInPath() != URL(filePath: database).resolvingSymlinksInPath()
        else { throw SettingsError("\(file) is the present database: give a copy of it", at: .commandLine) }
        let hasFolder = FileManager.default.fileExists(atPath: home.path)
        if hasFolder || !isDryRun {
            try home.create()
            try home.acquireLock()
        }
        // The copy itself is only read, be it on a disk that cannot be written.
        let own = hasFolder || !isDryRun ? database : "\(FileManager.default.temporaryDirectory.path)/certway.db"
        let temporary = "\(own).\(UUID().uuidString).part"
        defer { SQLiteCopy.remove(temporary) }
        try take(file, to: temporary)
        let facts: StoreFacts
        do {
            try SQLiteCopy.settle(temporary)
            facts = try await StoreBackup.read(temporary)
        } catch let error as StoreError {
            // What is to be done about a database in use is not what is to be done about a copy.
            let message = error.message.replacing(temporary, with: file).replacing(
                StoreError.adviceOnDamage, with: "give another copy; nothing was changed")
            throw StoreError(error.code, message, detail: error.detail)
        }
        guard facts.unknownMigrations.isEmpty else {
            throw StoreError(
                .newerSchema,
                "\(file) was made by a newer certway (\(facts.unknownMigrations.joined(separator: ", "))): install that version"
            )
        }
        let key = try neededKey(facts, file, home)
        var aside: String?
        if !isDryRun {
            let end = try await caller.asOrigin {
                try await StoreRestore.note(temporary, facts, file, caller.name, home)
            }
            if let key { try key.bytes.withBytes { try CompleteFile(path: home.sealingKey).createNew($0) } }
            aside = try setAside(database, now)
            do { try CompleteFile(path: database).take(temporary) } catch {
                if let aside { try? move(aside, to: database) }
                throw error
            }
            // The trail ends where the copy did; who has an export sees what was behind.
            if let end { try home.keep(end) }
        }
        return StoreRestore(
            file: file, facts: facts, left: home.requestsLeft, keptAside: aside, hasBroughtKey: key != nil)
    }

    /// Puts the restore on record in the copy itself, before it takes the place of the present database; its schema is brought up to
    /// date for that.
    ///
    /// - Returns: the end of its audit trail.
    private static func note(
        _ temporary: String, _ facts: StoreFacts, _ file: String, _ actor: String, _ home: GatewayHome
    ) async throws -> AuditMark? {
        let database = try SQLiteDatabase(path: temporary)
        let end: AuditMark?
        do {
            try await Migrator(GatewayStore.migrations).migrate(database)
            let ledger = OrderLedger(database: database, origin: AuditOrigin(command: home.command))
            let trail = ledger.audit
            let replaced = home.auditMark
            try await trail.record(
                AuditEntry(
                    .restoreStore, AuditObject(.store, home.databasePlace), by: AuditActor(named: actor),
                    before: replaced.map { ["auditTrailKnownTo": $0.json] },
                    after: [
                        "file": .string(file), "orders": JSONValue(Int(facts.orders)),
                        "auditTrailTo": try await trail.end()?.json ?? .null,
                    ]))
            try await GatewayStore.keepWhatWasToCome(
                in: ledger, by: actor, because: "a copy of the database was restored")
            end = try await trail.end()
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        try SQLiteCopy.flatten(temporary)
        return end
    }

    /// A copy by somebody's hand may have its log beside it.
    private static func take(_ file: String, to temporary: String) throws(SettingsError) {
        do {
            for end in ["", "-wal"] where FileManager.default.fileExists(atPath: file + end) {
                try FileManager.default.copyItem(atPath: file + end, toPath: temporary + end)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: temporary + end)
            }
        } catch {
            throw SettingsError("\(file) cannot be copied to \(temporary): is it readable, and is there room?")
        }
    }

    /// The key that comes with the copy, where the folder has none.
    ///
    /// - Throws: `SettingsError` when what is sealed in the copy would open with no key.
    private static func neededKey(
        _ facts: StoreFacts, _ file: String, _ home: GatewayHome
    ) throws -> SealingKey? {
        let hasKey = FileManager.default.fileExists(atPath: home.sealingKey)
        let beside = StoreBackup.keyFile(beside: file)
        guard hasKey || FileManager.default.fileExists(atPath: beside) else {
            throw SettingsError(
                "\(home.sealingKey) is missing: no other key opens the private keys of orders under way; put it there from where "
                    + "you keep it, or beside the backup as \(beside)")
        }
        let key = hasKey ? try home.readSealingKey() : try SealingKey(SettingsFile(path: beside).secret(as: .ownFile))
        if let identifier = facts.sealingKeyIdentifier, key.identifier != identifier {
            throw SettingsError(
                "\(hasKey ? home.sealingKey : beside) is another key than the one this backup was made with: it would open "
                    + "nothing; look for the backup's own key, or for a backup of this folder")
        }
        return hasKey ? nil : key
    }

    /// Moves the present database away under a name that tells when.
    ///
    /// What lies in the log beside it is written into it first, where it can be opened: then it is one file, which is moved in one
    /// step and lacks nothing. A damaged one is moved as it is.
    private static func setAside(_ database: String, _ now: Date) throws(SettingsError) -> String? {
        guard FileManager.default.fileExists(atPath: database) else { return nil }
        try? SQLiteCopy.settle(database)
        var aside = "\(database).before-\(StoreBackup.moment(now))"
        while FileManager.default.fileExists(atPath: aside) { aside += "+" }
        do throws(SettingsError) { try move(database, to: aside) } catch {
            try? move(aside, to: database)
            throw error
        }
        return aside
    }

    /// A database with what lies beside it; a log never lies beside another database's file.
    private static func move(_ path: String, to other: String) throws(SettingsError) {
        for end in SQLiteCopy.files.reversed() where FileManager.default.fileExists(atPath: path + end) {
            guard rename(path + end, other + end) == 0 else {
                throw SettingsError(
                    "\(path + end) cannot be moved to \(other + end): \(String(cString: strerror(errno)))")
            }
        }
    }

    public var json: JSONValue {
        .object(
            (facts.json.object ?? [:]).merging([
                "file": .string(file), "requestsLeft": left.map { JSONValue(Int($0)) } ?? .null,
                "keptAside": JSONValue(keptAside), "broughtSealingKey": JSONValue(hasBroughtKey),
                "elsewhere": .bool(isElsewhere),
            ]) { $1 })
    }
}
