// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings

/// A file only its owner may read, written completely or not at all.
public struct PrivateFile: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// - Throws: `SettingsError` naming file and reason; nothing of the file is there then.
    public func write(_ bytes: some ContiguousBytes) throws(SettingsError) {
        let temporary = "\(path).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("made") }
        let isWritten = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) == $0.count }
        let isSynced = fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, isSynced, rename(temporary, path) == 0 else {
            unlink(temporary)
            throw failure("written")
        }
        // The name is as durable as the content only when the folder is on disk, too.
        let folder = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("made durable") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure("made durable") }
    }

    private func failure(_ verb: String) -> SettingsError {
        SettingsError("file \(path) could not be \(verb): \(String(cString: strerror(errno)))")
    }
}
