// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder of its own for one test, removed with its last owner.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "certway-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Where a file of that name lies, or would lie.
    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file that only its owner may read, and returns its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = path(name)
        if !FileManager.default.fileExists(atPath: file) {
            _ = FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        try Data(bytes).write(to: URL(filePath: file))
        return path(name)
    }

    /// All bytes of all files in the folder.
    public func contents() throws -> Data {
        try FileManager.default.contentsOfDirectory(atPath: path).reduce(into: Data()) { bytes, name in
            bytes += try Data(contentsOf: URL(filePath: path(name)))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
