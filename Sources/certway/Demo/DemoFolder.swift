// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import Settings

/// Where a demo keeps its files: a new folder, removed at the end unless it is to be kept.
final class DemoFolder: Sendable {
    let path: String
    private let isKept: Bool

    /// - Throws: `SettingsError` when the folder exists already or cannot be made.
    init(keep: String?) throws(SettingsError) {
        path =
            keep.map { URL(filePath: $0).standardizedFileURL.path }
            ?? FileManager.default.temporaryDirectory.appending(path: "certway-demo-\(UUID().uuidString)").path
        isKept = keep != nil
        guard !FileManager.default.fileExists(atPath: path) else {
            throw SettingsError("folder \(path) exists already; name a new one with --keep DIR", at: .commandLine)
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SettingsError(
                "cannot make folder \(path): no write permission? name another with --keep DIR", at: .commandLine)
        }
    }

    /// Where a file of that name lies, or would lie.
    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file that only its owner may read, and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try CompleteFile(path: path(name)).replace(Array(text.utf8))
        return path(name)
    }

    deinit { if !isKept { try? FileManager.default.removeItem(atPath: path) } }
}
