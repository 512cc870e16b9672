// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file that is there complete and on disk, or not at all. Only its owner may read it, unless it says otherwise.
public struct CompleteFile: Sendable {
    public let path: String
    private let mode: mode_t

    /// - Parameter isPrivate: whether only the owner may read it; else the process's own rule for new files holds.
    public init(path: String, isPrivate: Bool = true) {
        self.path = path
        mode = isPrivate ? 0o600 : 0o666
    }

    /// Makes the file.
    ///
    /// - Returns: false, and nothing has changed, when there is something of that name: even when it came a moment ago.
    /// - Throws: `FileError` naming file and reason; nothing of the file is there then.
    public func create(_ bytes: some ContiguousBytes) throws(FileError) -> Bool {
        let complete = try writeTemporary(bytes)
        defer { unlink(complete) }
        // A hard link, unlike a rename, never replaces.
        if link(complete, path) != 0 {
            switch errno {
            case EEXIST: return false
            case EPERM, ENOTSUP, EMLINK: return try createInPlace(bytes)
            default: throw failure("made", errno)
            }
        }
        try synchronizeFolder()
        return true
    }

    /// As `create`, for a name that the person chose.
    ///
    /// - Throws: also when there is something of that name.
    public func createNew(_ bytes: some ContiguousBytes) throws(FileError) {
        guard try create(bytes) else {
            throw FileError("file \(path) exists already and is not replaced; name another")
        }
    }

    /// Makes a complete file of another name the file, and its name durable. Nothing of that name is replaced.
    ///
    /// - Parameter other: in the same file system; it has only the new name afterwards.
    /// - Throws: `FileError` naming file and reason; the other file stays then.
    public func take(_ other: String) throws(FileError) {
        let descriptor = open(other, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("made", errno) }
        let isOnDisk = fsync(descriptor) == 0
        let reason = errno
        close(descriptor)
        guard isOnDisk else { throw failure("written", reason) }
        if link(other, path) == 0 {
            unlink(other)
        } else {
            switch errno {
            case EEXIST: throw FileError("file \(path) exists already and is not replaced; name another")
            case EPERM, ENOTSUP, EMLINK:
                // No hard links here: the name is taken first, so that nothing else of that name is replaced.
                let place = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
                guard place >= 0 else { throw failure("made", errno) }
                close(place)
                guard rename(other, path) == 0 else { throw failure("made", errno) }
            default: throw failure("made", errno)
            }
        }
        try synchronizeFolder()
    }

    /// Makes the file, in place of one that is there.
    ///
    /// - Throws: `FileError` naming file and reason; what was there stays then.
    public func replace(_ bytes: some ContiguousBytes) throws(FileError) {
        let complete = try writeTemporary(bytes)
        guard rename(complete, path) == 0 else {
            let code = errno
            unlink(complete)
            throw failure("written", code)
        }
        try synchronizeFolder()
    }

    private var folder: String { URL(filePath: path).deletingLastPathComponent().path }

    /// The content under a name that nobody else has, in the same folder, so that it can be renamed.
    private func writeTemporary(_ bytes: some ContiguousBytes) throws(FileError) -> String {
        let name = ".\(URL(filePath: path).lastPathComponent).\(UUID().uuidString)"
        let temporary = "\(folder)/\(name)"
        guard try write(bytes, to: temporary) else { throw failure("made", EEXIST) }
        return temporary
    }

    /// For file systems without hard links: complete or removed again, as long as the process lives.
    private func createInPlace(_ bytes: some ContiguousBytes) throws(FileError) -> Bool {
        guard try write(bytes, to: path) else { return false }
        try synchronizeFolder()
        return true
    }

    /// - Returns: false when there is something of that name.
    private func write(_ bytes: some ContiguousBytes, to name: String) throws(FileError) -> Bool {
        let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            if errno == EEXIST { return false }
            throw failure("made", errno)
        }
        var problem = bytes.withUnsafeBytes { Self.writeAll($0, to: descriptor) }
        if problem == nil, fsync(descriptor) != 0 { problem = errno }
        if close(descriptor) != 0 { problem = problem ?? errno }
        guard let problem else { return true }
        unlink(name)
        throw failure("written", problem)
    }

    /// A write may take less than it was given, or be interrupted.
    ///
    /// - Returns: the error number; nil when everything was taken.
    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : EIO }
            rest = rest.dropFirst(count)
        }
        return nil
    }

    /// The name is as durable as the content only when the folder is on disk, too.
    private func synchronizeFolder() throws(FileError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("made durable", errno) }
        defer { close(descriptor) }
        // Some file systems know no such thing for folders.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure("made durable", errno) }
    }

    private func failure(_ verb: String, _ code: Int32) -> FileError {
        FileError("file \(path) could not be \(verb): \(String(cString: strerror(code)))")
    }
}
