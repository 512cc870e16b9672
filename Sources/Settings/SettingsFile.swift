// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Secrets

/// A file named in the configuration or on the command line; it is read only when its path may be trusted.
public struct SettingsFile: Sendable {
    public let path: String
    public init(path: String) { self.path = path }

    /// Whether there is something at the path, be it a folder.
    public var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// - Throws: `SettingsError` saying whether it is missing or not readable, or may be changed by others.
    public func bytes() throws(SettingsError) -> Data {
        try check(.shared)
        do {
            return try Data(contentsOf: URL(filePath: path))
        } catch {
            let reason =
                switch (error as? CocoaError)?.code {
                case .fileReadNoSuchFile?, .fileNoSuchFile?: Self.missing
                case .fileReadNoPermission?: Self.closed
                default: Self.unreadable
                }
            throw SettingsError("file \(path) \(reason)")
        }
    }

    public func text() throws(SettingsError) -> String {
        let bytes = try bytes()
        guard let text = String(data: bytes, encoding: .utf8) else {
            throw SettingsError("file \(path) is not UTF-8 text")
        }
        return text
    }

    /// A key, or something else that nobody may see: read into one place that is erased.
    ///
    /// - Throws: as `bytes`, and when others may read it.
    public func secret(as role: TrustedPath.Role = .secret) throws(SettingsError) -> Secret {
        try check(role)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = [ENOENT: Self.missing, EACCES: Self.closed][errno] ?? Self.unreadable
            throw SettingsError("file \(path) \(reason)")
        }
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
