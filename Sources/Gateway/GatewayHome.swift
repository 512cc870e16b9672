// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets
import Settings

/// The gateway's own folder: database, sealing key, lock. Only its owner may read it.
public struct GatewayHome: Sendable {
    public let path: String

    public var database: String { "\(path)/certway.db" }
    public var sealingKey: String { "\(path)/sealing.key" }
    var submissionMark: String { "\(path)/certway.submissions" }
    private var lock: String { "\(path)/certway.lock" }

    /// `--home`, then `CERTWAY_HOME`, then `~/.certway`.
    public init(option: String?) {
        let environment = ProcessInfo.processInfo.environment
        path = option ?? environment["CERTWAY_HOME"] ?? "\(environment["HOME"] ?? "/var/lib")/.certway"
    }

    public var exists: Bool { FileManager.default.fileExists(atPath: database) }

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
        guard access(path, W_OK) == 0 else {
            throw SettingsError("no write permission in \(path): run as its owner, or choose another with --home DIR")
        }
    }

    /// Whether there is a key that seals working copies.
    public var hasSealingKey: Bool { FileManager.default.fileExists(atPath: sealingKey) }

    /// The key that seals working copies; made on first use, 0600, complete or not at all.
    public func loadSealingKey() throws -> SealingKey {
        if let bytes = FileManager.default.contents(atPath: sealingKey) {
            do {
                return try SealingKey(Secret(bytes))
            } catch {
                throw SettingsError("\(sealingKey): \(error); restore it from backup")
            }
        }
        guard access(path, W_OK) == 0, !FileManager.default.fileExists(atPath: sealingKey) else {
            throw SettingsError("\(sealingKey) is not readable for this user; check owner and mode")
        }
        let key = SealingKey.random()
        // Another process may have been faster; then its key is the one, and ours has sealed nothing.
        guard try key.bytes.withBytes({ try CompleteFile(path: sealingKey).create($0) }) else {
            return try loadSealingKey()
        }
        return key
    }

    /// Makes sure that one process works on this folder at a time; held until the process ends.
    ///
    /// - Throws: `SettingsError` when another process holds it.
    public func acquireLock() throws(SettingsError) {
        let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SettingsError("cannot open \(lock): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw SettingsError("another certway process is working on \(path); stop it, or wait until it is done")
        }
    }
}
