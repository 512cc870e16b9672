// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX
import Secrets
import Synchronization

/// A file named in the configuration or on the command line; it is read only when its path may be trusted.
public struct SettingsFile: Sendable {
    public let path: String
    private let applied: String?
    private let isOwn: Bool

    /// - Parameter applied: what it must hold (`AppliedFiles`); nil for anything.
    public init(path: String, applied: String? = nil) {
        self.path = path
        self.applied = applied
        isOwn = false
    }

    /// One of the gateway's own (`OwnFiles`).
    public init(own path: String) {
        self.path = path
        applied = nil
        isOwn = true
    }

    /// Whether there is something at the path, be it a folder.
    public var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// - Throws: `SettingsError` saying whether it is missing or not readable, may be changed by others, or holds something else than
    ///   was applied.
    public func bytes() throws(SettingsError) -> Data {
        let bytes = try content()
        if let applied, Self.digest(of: bytes) != applied { throw exchanged }
        return bytes
    }

    /// The digest by which a later content is told from this one.
    func digest() throws(SettingsError) -> String { Self.digest(of: try content()) }

    private static func digest(of bytes: Data) -> String {
        Data(DigestAlgorithm.sha256.digest(Array(bytes))).base64EncodedString()
    }

    private static let looks = Mutex<[String: (stamp: FileStamp, digest: String)]>([:])

    /// Costs one system call where the file has not changed since the last time.
    ///
    /// - Throws: `SettingsError` when it holds something else than was applied. What cannot be read now is somebody else's matter.
    func requireApplied() throws(SettingsError) {
        guard let applied, let stamp = FileStamp(path: path) else { return }
        if let known = Self.looks.withLock({ $0[path] }), known.stamp == stamp {
            guard known.digest == applied else { throw exchanged }
            return
        }
        guard let digest = try? digest() else { return }
        Self.looks.withLock { $0[path] = (stamp, digest) }
        guard digest == applied else { throw exchanged }
    }

    private var exchanged: SettingsError {
        SettingsError(
            "file \(path) holds something else than when it was applied: find out who has changed it; if it is right, "
                + "'certway apply -f FILE' with the part that names it takes it up")
    }

    private func content() throws(SettingsError) -> Data {
        let file = FileHandle(fileDescriptor: try opened(.shared), closeOnDealloc: true)
        do { return try file.readToEnd() ?? Data() } catch {
            throw SettingsError("file \(path) \(Self.unreadable)")
        }
    }

    /// The one place where what a setting names is opened; whoever calls it closes it.
    ///
    /// A device may never end. A pipe comes from whoever started the process.
    private func opened(_ role: TrustedPath.Role) throws(SettingsError) -> Int32 {
        guard SecretReference("file:\(path)") != nil else {
            throw SettingsError("file \(path.debugDescription): expected a path without control characters")
        }
        try check(role)
        guard isOwn || !OwnFiles.contain(path) else {
            throw SettingsError("file \(path) is one that the gateway keeps for itself; name another")
        }
        var status = stat()
        guard stat(path, &status) != 0 || [S_IFREG, S_IFIFO].contains(status.st_mode & S_IFMT) else {
            throw SettingsError("file \(path) \(Self.unreadable): it is no regular file")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = [ENOENT: Self.missing, EACCES: Self.closed][errno] ?? Self.unreadable
            throw SettingsError("file \(path) \(reason)")
        }
        return descriptor
    }

    public func text() throws(SettingsError) -> String {
        let bytes = try bytes()
        guard let text = String(data: bytes, encoding: .utf8) else {
            throw SettingsError("file \(path) \(ForeignText(bytes).sentence)")
        }
        return text
    }

    /// A key, or something else that nobody may see: read into one place that is erased.
    ///
    /// - Throws: as `bytes`, and when others may read it.
    public func secret(as role: TrustedPath.Role = .secret) throws(SettingsError) -> Secret {
        let descriptor = try opened(role)
        defer { close(descriptor) }
        var status = stat()
        // A pipe does not say how much it has.
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        let expected = isFile ? Int(status.st_size) : Self.largestSecret
        guard expected <= Self.largestSecret else {
            throw SettingsError("file \(path) has \(expected) bytes, a secret has \(Self.largestSecret) at most")
        }
        var isComplete = false
        let secret = Secret(capacity: expected + 1) { room in
            var count = 0
            while count < room.count {
                let got = read(descriptor, room.baseAddress?.advanced(by: count), room.count - count)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    isComplete = got == 0
                    break
                }
                count += got
            }
            return count
        }
        guard isComplete else { throw SettingsError("file \(path) \(Self.unreadable)") }
        return secret
    }

    private static let largestSecret = 1 << 20
    private static let missing = "does not exist"
    private static let closed = "is not readable for this user; check owner and mode"
    private static let unreadable = "cannot be read"

    private func check(_ role: TrustedPath.Role) throws(SettingsError) {
        do { try TrustedPath.ofThisProcess.check(path, as: role) } catch { throw SettingsError(error.message) }
    }
}
