// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation

/// A folder in the making: nobody sees it before it is complete, and what a killed maker left behind is cleared away by the
/// next one. One maker at a time works in a parent folder.
final class BuildingSite {
    private let target: CADirectory
    /// Where the root's key goes in the end; nil to leave it in the folder.
    private let root: String?
    private let parent: CADirectory
    private let lock: Int32
    let draft: CADirectory
    var rootDraft: CADirectory {
        CADirectory(path: draft.file("root"), drafts: "", isRehearsal: draft.isRehearsal)
    }

    /// - Throws: `ConnectorError` of kind `configuration` for a folder that is not empty; `FileFailure`.
    init(_ target: CADirectory, root: String?, isRehearsal: Bool) throws {
        let places = try BuildingPlaces(target: target.path, root: root)
        self.target = target
        self.root = root
        try places.requireTrust()
        parent = Self.parent(of: target.path)
        draft = CADirectory(path: target.path + ".new-" + UUID().uuidString, isRehearsal: isRehearsal)
        // The kernel gives it back when the process is killed.
        lock = open(parent.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw FileFailure("open", parent.path) }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let failure = FileFailure("lock", parent.path)
                close(lock)
                throw failure
            }
        }
        do {
            try prepare()
        } catch {
            leave()
            throw error
        }
    }

    private func prepare() throws {
        for path in [target.path] + [root].compactMap(\.self) {
            guard try Self.isFree(CADirectory(path: path)) else {
                throw ConnectorError(
                    .configuration, "\(path) is not empty; a CA is never replaced, choose another folder")
            }
            let parent = Self.parent(of: path).path
            guard access(parent, W_OK | X_OK) == 0 else { throw FileFailure("write", parent) }
        }
        guard !draft.isRehearsal else { return }
        // Nobody else is at work here, so every draft is a dead one's.
        let prefix = Self.whole(target.path).lastPathComponent + ".new-"
        for name in try parent.names(in: "") where name.hasPrefix(prefix) {
            try? FileManager.default.removeItem(atPath: parent.file(name))
        }
        for (folder, mode) in [("", 0o755)] + CADirectory.folders.map({ ($0, 0o755) }) + [("root", 0o700)] {
            guard mkdir(draft.file(folder), mode_t(mode)) == 0 else { throw FileFailure("make", draft.file(folder)) }
        }
        // A web server goes through it to the lists, whatever the umask.
        guard chmod(draft.path, 0o755) == 0 else { throw FileFailure("make", draft.path) }
    }

    /// Gives the folder its name, then takes the root out of it: whatever ends the process in between, nothing is lost.
    func publish() throws {
        guard !draft.isRehearsal else { return }
        // Onto an empty folder or none.
        guard rename(draft.path, target.path) == 0 else { throw FileFailure("make", target.path) }
        try parent.synchronize(folderOf: "x")
        if let root {
            do { try move(target.file("root"), to: root) } catch let failure as FileFailure {
                throw ConnectorError(
                    .configuration,
                    "the CA is made, but \(failure); its root lies in \(target.file("root")) now, move it yourself")
            }
        }
    }

    private func move(_ source: String, to place: String) throws {
        guard rename(source, place) != 0 else { return try Self.parent(of: place).synchronize(folderOf: "x") }
        let failure = FileFailure("move \(source) to", place)
        guard failure.code == EXDEV else { throw failure }
        // Another medium: the original goes when the copy is complete and on disk.
        let (from, copy) = (CADirectory(path: source), CADirectory(path: place, drafts: ""))
        guard mkdir(place, 0o700) == 0 || errno == EEXIST else { throw FileFailure("make", place) }
        for name in ["root.pem", "root.crl"] { try from.read(name).map { try copy.replace(name, with: $0) } }
        try from.readSecret("root.key").map { try copy.replace("root.key", with: $0) }
        try Self.parent(of: place).synchronize(folderOf: "x")
        try? FileManager.default.removeItem(atPath: source)
    }

    /// To be called in the end, whatever has happened.
    func leave() {
        if !draft.isRehearsal { try? FileManager.default.removeItem(atPath: draft.path) }
        close(lock)
    }

    private static func parent(of path: String) -> CADirectory {
        CADirectory(path: whole(path).deletingLastPathComponent)
    }

    /// Of a relative name of one letter Foundation can tell neither parent nor last component: it breaks off.
    private static func whole(_ path: String) -> NSString {
        (path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path) as NSString
    }

    private static func isFree(_ directory: CADirectory) throws -> Bool {
        do {
            return try directory.names(in: "").isEmpty
        } catch let failure as FileFailure where failure.code == ENOENT {
            return true
        }
    }
}
