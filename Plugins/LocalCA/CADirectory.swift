// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Secrets

/// The folder of one CA and the few ways in which its files change. Every change is complete or has not happened,
/// whatever kills the process, and two processes may work in one folder.
///
///     root.pem  root.crl                       the root as clients see it
///     root/                                    its key, with certificate and CRL; to be kept elsewhere
///     issuing.pem  issuing.key  issuing.crl    the issuing CA; the CRL is also the record of what is revoked
///     issuing-2.pem …                          the same after a renewal with a new key; its PEM comes last
///     root.cer  issuing.cer …                  the certificates as DER, to be published
///     orders/REFERENCE.pem                     leaf and issuing CA; its appearance *is* the issuance
///     certificates/SERIAL.pem                  the same file under its serial number; former certificates of the issuing CA
///     retired                                  there when the CA issues nothing any more
///     temporary/                               files not yet complete
struct CADirectory: Sendable {
    let path: String
    /// Where files are written until they are complete; the root's folder has none of its own.
    var drafts = "temporary/"
    /// Nothing is written.
    var isRehearsal = false

    func file(_ name: String) -> String { path + "/" + name }

    static let folders = ["orders", "certificates", "temporary"]

    // MARK: Reading

    /// nil when there is no such file.
    func read(_ name: String) throws -> [UInt8]? {
        let descriptor = open(file(name), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let failure = FileFailure("read", file(name))
            if failure.code == ENOENT { return nil }
            throw failure
        }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw FileFailure("read", file(name)) }
        var bytes: [UInt8] = []
        // Growing would leave copies of a key behind.
        bytes.reserveCapacity(Int(information.st_size))
        var chunk = [UInt8](repeating: 0, count: 65_536)
        defer { explicit_bzero(&chunk, chunk.count) }
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 { throw FileFailure("read", file(name)) }
            if count == 0 { return bytes }
            bytes += chunk.prefix(count)
        }
    }

    /// The same for a key; no copy outlives the secret.
    func readSecret(_ name: String) throws -> Secret? {
        guard var bytes = try read(name) else { return nil }
        defer { explicit_bzero(&bytes, bytes.count) }
        return Secret(bytes)
    }

    /// The names in a folder, sorted.
    func names(in folder: String) throws -> [String] {
        guard let stream = opendir(file(folder)) else { throw FileFailure("list", file(folder)) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    // MARK: Writing

    /// Puts a file in the place of the one with that name, or makes it. Lists and certificates as DER are meant for the public:
    /// a web server may read them, whatever the umask of who makes them.
    func replace(_ name: String, with bytes: [UInt8]) throws {
        let isPublic = name.hasSuffix(".crl") || name.hasSuffix(".cer")
        try bytes.withUnsafeBytes { try replace(name, with: $0, mode: 0o644, isPublic: isPublic) }
    }

    /// The same for a key, which its owner alone may read.
    func replace(_ name: String, with secret: Secret) throws {
        try secret.withBytes { try replace(name, with: $0, mode: 0o600) }
    }

    private func replace(_ name: String, with bytes: UnsafeRawBufferPointer, mode: mode_t, isPublic: Bool = false)
        throws
    {
        guard !isRehearsal else { return }
        let complete = try writeTemporary(bytes, mode: mode, isPublic: isPublic)
        guard rename(complete, file(name)) == 0 else {
            let failure = FileFailure("write", file(name))
            unlink(complete)
            throw failure
        }
        try synchronize(folderOf: name)
    }

    /// Makes a file under two names; the first one decides.
    ///
    /// - Returns: false, and nothing has changed, when there is a file of the first name: somebody else was faster.
    func publish(_ bytes: [UInt8], as name: String, and second: String) throws -> Bool {
        let complete = try bytes.withUnsafeBytes { try writeTemporary($0, mode: 0o644) }
        defer { unlink(complete) }
        // A hard link, unlike a rename, never replaces: of two processes one wins.
        guard link(complete, file(name)) == 0 else {
            let failure = FileFailure("write", file(name))
            if failure.code == EEXIST { return false }
            throw failure
        }
        try addName(second, to: name)
        try synchronize(folderOf: name)
        return true
    }

    /// Gives an existing file its second name, unless it has it.
    func addName(_ second: String, to name: String) throws {
        guard link(file(name), file(second)) == 0 else {
            let failure = FileFailure("write", file(second))
            if failure.code == EEXIST { return }
            throw failure
        }
        try synchronize(folderOf: second)
    }

    /// Runs `body` while no other process or thread does, waiting for at most ten seconds.
    func withLock<Result>(_ body: () throws -> Result) throws -> Result {
        guard !isRehearsal else { return try body() }
        let descriptor = open(file("lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure("open", file("lock")) }
        // Closing gives the lock back, and so does the kernel when the process is killed.
        defer { close(descriptor) }
        for _ in 0..<1000 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return try body() }
            let failure = FileFailure("lock", file("lock"))
            guard failure.code == EWOULDBLOCK || failure.code == EINTR else { throw failure }
            usleep(10_000)
        }
        errno = EAGAIN
        throw FileFailure("lock", file("lock"))
    }

    /// Removes what a killed process left behind; files younger than an hour may belong to a living one.
    func sweep(now: Date) {
        for name in (try? names(in: "temporary")) ?? [] {
            var information = stat()
            guard stat(file("temporary/" + name), &information) == 0 else { continue }
            if Double(information.st_mtim.tv_sec) < now.timeIntervalSince1970 - 3600 {
                unlink(file("temporary/" + name))
            }
        }
    }

    /// Enrolling writes into these folders; looks only, and writes nothing.
    ///
    /// - Throws: `FileFailure` naming the one that cannot be written.
    func requireWriteAccess() throws {
        for folder in ["temporary", "orders", "certificates"] where access(file(folder), W_OK | X_OK) != 0 {
            throw FileFailure("write", file(folder))
        }
    }

    /// Whether anybody but the owner may read the file.
    func isReadableByOthers(_ name: String) -> Bool {
        var information = stat()
        return stat(file(name), &information) == 0 && information.st_mode & 0o077 != 0
    }

    /// A complete file that has no name of its own yet.
    ///
    /// - Parameter isPublic: the mode is meant as it is, without the umask.
    private func writeTemporary(_ bytes: UnsafeRawBufferPointer, mode: mode_t, isPublic: Bool = false) throws -> String
    {
        let path = file((drafts.isEmpty ? ".new-" : drafts) + UUID().uuidString)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileFailure("write", path) }
        defer { close(descriptor) }
        guard !isPublic || fchmod(descriptor, mode) == 0 else { throw discard(path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw discard(path) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw discard(path) }
        return path
    }

    private func discard(_ path: String) -> FileFailure {
        let failure = FileFailure("write", path)
        unlink(path)
        return failure
    }

    /// Makes the names of the folder that holds `name` last.
    func synchronize(folderOf name: String) throws {
        let folder = (file(name) as NSString).deletingLastPathComponent
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileFailure("write", folder) }
    }
}
