// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Fulfilment
import PKIX
import Secrets
import Settings

/// The gateway's own folder: database, sealing key. Only its owner may read it.
public struct GatewayHome: Sendable {
    public let path: String
    /// Where the database is, as somebody typed it.
    let store: String?
    /// What works on it, such as `certway serve`, for the audit trail.
    public let command: String

    /// Where the database lies, unless something says otherwise.
    public var database: String { "\(path)/certway.db" }
    /// Where secrets and certificates lie that console or API may name.
    public var secrets: String { "\(path)/secrets" }
    /// CAs of one's own that were made from the console.
    public var authorities: String { "\(path)/cas" }
    public var sealingKey: String { "\(path)/sealing.key" }
    var submissionMark: String { "\(path)/certway.submissions" }
    /// Says where the database is, unless it lies here.
    var storeFile: String { "\(path)/store.yaml" }
    var nodeFile: String { "\(path)/node.id" }
    /// What the gateway keeps for itself in its folder.
    var ownFiles: [String] {
        [
            database, "\(database)-wal", "\(database)-shm", submissionMark, auditFile, storeFile, nodeFile, clockFile,
            sealingKey,
        ]
    }
    /// The clock of a simulation; a home that is none has no such file.
    public var clockFile: String { "\(path)/simulation.clock" }

    /// `--home`, then `CERTWAY_HOME`, then `~/.certway`.
    ///
    /// - Parameters:
    ///   - store: where the database is, as somebody typed it; nil for what environment and folder say.
    ///   - command: what works on it, for the audit trail.
    public init(option: String?, store: String? = nil, command: String = "") {
        self.store = store
        self.command = command
        let environment = ProcessInfo.processInfo.environment
        path = option ?? environment["CERTWAY_HOME"] ?? "\(environment["HOME"] ?? "/var/lib")/.certway"
    }

    /// How many requests to CAs have left from this folder, as it is kept beside the database; nil where that is not known.
    public var requestsLeft: Int64? { SubmissionMark(path: submissionMark).number }

    /// Where the database is.
    ///
    /// - Throws: as `StoreLocation.init(of:)`.
    public func location() throws -> StoreLocation { try StoreLocation(of: self) }

    /// Where the database is, for a sentence.
    public var databasePlace: String { (try? location().description) ?? database }

    /// Whether there is a database where one is to be. A server is not asked.
    public func hasDatabase() throws -> Bool {
        try location().file.map { FileManager.default.fileExists(atPath: $0) } ?? true
    }

    /// Makes the folder if it is missing.
    ///
    /// - Throws: `SettingsError` naming folder and reason.
    public func create() throws(SettingsError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SettingsError("cannot make folder \(path): no write permission? choose another with --home DIR")
        }
        try check()
        guard access(path, W_OK) == 0 else {
            throw SettingsError("no write permission in \(path): run as its owner, or choose another with --home DIR")
        }
        // Whoever sets the gateway up from the console finds where secrets belong.
        try? FileManager.default.createDirectory(
            atPath: secrets, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    /// Whether the folder and what lies in it are this user's alone. The sealing key is looked at when it is read.
    ///
    /// - Throws: `SettingsError` naming what is not, with the command that mends it.
    func check() throws(SettingsError) {
        try requireNoOwnerBesideRoot()
        do {
            try TrustedPath.ofThisProcess.check(path, as: .ownFolder)
            for file in ownFiles where file != sealingKey {
                try TrustedPath.ofThisProcess.check(file, as: .ownFile)
            }
        } catch {
            throw SettingsError(error.message)
        }
    }

    /// Root that works in the service's folder leaves files there which the service cannot open, and a folder that is given to root
    /// is one in which the service does not start.
    private func requireNoOwnerBesideRoot() throws(SettingsError) {
        var status = stat()
        guard geteuid() == 0, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid != 0 else {
            return
        }
        let owner = TrustedPath.name(of: status.st_uid)
        // A user that is gone is nobody to work as.
        guard owner.contains(where: { !$0.isNumber }) else { return }
        throw SettingsError(
            "\(path) belongs to \(owner): run it as its owner, sudo -u \(owner) certway …, or choose another with --home DIR",
            at: .commandLine)
    }

    /// The key that seals working copies, made unless there is one: with the home, and never again.
    func makeSealingKey() throws -> SealingKey {
        guard !FileManager.default.fileExists(atPath: sealingKey) else { return try readSealingKey() }
        let key = SealingKey.random()
        // Another process may have been faster; then its key is the one, and ours has sealed nothing.
        guard try key.bytes.withBytes({ try CompleteFile(path: sealingKey).create($0) }) else {
            return try readSealingKey()
        }
        return key
    }

    /// The key that lies in the home; makes nothing.
    ///
    /// - Throws: `SettingsError` naming file, reason and backup.
    public func readSealingKey() throws(SettingsError) -> SealingKey {
        guard FileManager.default.fileExists(atPath: sealingKey) else {
            throw SettingsError("\(sealingKey) is missing: it was made with this folder; \(backup)")
        }
        let bytes = try SettingsFile(own: sealingKey).secret(as: .ownFile)
        do {
            return try SealingKey(bytes)
        } catch {
            throw SettingsError("\(sealingKey): \(error); \(backup)")
        }
    }

    /// The key that lies in the home, when it is the one that was made with it.
    ///
    /// - Parameter identifier: of that key, as the database knows it.
    /// - Throws: as `readSealingKey`, and for another key.
    func sealingKey(_ identifier: String?) throws(SettingsError) -> SealingKey {
        let key = try readSealingKey()
        guard let identifier else {
            throw SettingsError(
                "\(databasePlace) does not say which sealing key belongs to it, because an older version made it; "
                    + "run 'certway apply -f FILE' once")
        }
        guard key.identifier == identifier else {
            throw SettingsError("\(sealingKey) is another key than the one made with this folder; \(backup)")
        }
        return key
    }

    /// What only a person can do.
    private var backup: String {
        "no other key opens the private keys of orders under way: restore sealing.key from the backup of this folder"
            + ((try? location().file) == nil ? ", or copy it from the folder of another node" : "")
    }

    /// Makes sure that one process works on this folder at a time; held until the process ends. The folder itself is locked: a file
    /// in it could be deleted meanwhile, and the next process would lock another one.
    ///
    /// - Throws: `SettingsError` when another process holds it.
    public func acquireLock() throws(SettingsError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SettingsError("cannot open \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw SettingsError(
                "another certway process is working on \(path); stop it, or wait until it is done", at: .state)
        }
    }
}
