// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file that is written piece by piece, whatever its size, and is there complete or not at all.
public final class StreamedFile {
    private let path: String
    private let part: String
    private let handle: FileHandle

    /// - Throws: `FileError` when there is something of that name, or nothing can be made there.
    public init(path: String) throws(FileError) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw FileError("file \(path) exists already and is not replaced; name another")
        }
        let part = "\(path).\(UUID().uuidString).part"
        guard
            FileManager.default.createFile(
                atPath: part, contents: nil, attributes: [.posixPermissions: NSNumber(value: 0o600)]),
            let handle = FileHandle(forWritingAtPath: part)
        else { throw FileError("file \(path) cannot be made: is its folder there, and may you write in it?") }
        (self.path, self.part, self.handle) = (path, part, handle)
    }

    deinit {
        try? handle.close()
        unlink(part)
    }

    /// - Throws: `FileError`.
    public func write(_ text: String) throws(FileError) {
        do { try handle.write(contentsOf: Data(text.utf8)) } catch {
            throw FileError("file \(path) cannot be written: is there room?")
        }
    }

    /// Gives the file its name.
    ///
    /// - Throws: `FileError`.
    public func finish() throws(FileError) { try CompleteFile(path: path).take(part) }
}
