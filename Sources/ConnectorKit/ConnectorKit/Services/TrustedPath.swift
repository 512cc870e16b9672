// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Whether what lies at a path may be believed: who owns it, who may change it, where its links lead. The one rule for the
/// gateway's folder, secrets, certificates, profiles, modules and programs.
///
/// The way to it counts as much as the thing: each folder from the root on, and each symbolic link, belongs to this process's
/// user, to root or to the owner of the running program, and nobody else may put other things into the folder. So what is found
/// sound stays so until one of those three changes it.
public struct TrustedPath: Sendable {
    /// What the thing is for, from the strictest to the most open.
    public enum Role: Sendable {
        /// A folder that is this user's alone: 0700, no link.
        case ownFolder
        /// A file that is this user's alone: 0600, no link.
        case ownFile
        /// A secret that somebody else put there: a group may read it, others may not; links are followed, because that is how
        /// secrets are swapped in containers.
        case secret
        /// A file or folder that everybody may read.
        case shared
    }

    /// With the eyes of this process.
    public static let ofThisProcess: TrustedPath = {
        var program = stat()
        let owner = stat("/proc/self/exe", &program) == 0 ? program.st_uid : 0
        // Whoever owns the program can make it do anything already.
        return TrustedPath(user: geteuid(), trusted: [owner])
    }()

    private let user: uid_t
    private let trusted: Set<uid_t>

    /// - Parameters:
    ///   - user: who works.
    ///   - trusted: who else may own what is believed, beside root.
    public init(user: UInt32, trusted: Set<UInt32> = []) {
        self.user = user
        self.trusted = trusted.union([user, 0])
    }

    /// Costs a system call for each part of the path. What is not there, or no file and no folder, is nobody's to judge: opening
    /// it says why it cannot be used, and a pipe comes from whoever started the process.
    ///
    /// - Throws: `DistrustedPath` with what was found, what was expected and the command that mends it; an operator must act.
    public func check(_ path: String, as role: Role) throws(DistrustedPath) {
        var rest = Array(Self.absolute(path).split(separator: "/").map(String.init).reversed())
        var (way, links) = ([String](), 0)
        try checkWay("/", rest.isEmpty ? role : .shared)
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                _ = way.popLast()
                continue
            }
            let place = "/" + (way + [name]).joined(separator: "/")
            var status = stat()
            guard lstat(place, &status) == 0 else { return }
            switch status.st_mode & S_IFMT {
            case S_IFLNK:
                if rest.isEmpty { try checkNoLink(place, role) }
                try checkOwner(place, status, trusted)
                links += 1
                // As many as Linux follows.
                guard links <= 40, let target = try? FileManager.default.destinationOfSymbolicLink(atPath: place) else {
                    return
                }
                if target.hasPrefix("/") { way = [] }
                rest += target.split(separator: "/").map(String.init).reversed()
            case S_IFDIR:
                try checkWay(place, rest.isEmpty ? role : .shared)
                way.append(name)
            case S_IFREG: return try checkThing(place, status, role)
            default: return try checkNoPipe(place, role)
            }
        }
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    private func checkNoLink(_ place: String, _ role: Role) throws(DistrustedPath) {
        switch role {
        case .ownFolder, .ownFile:
            throw DistrustedPath(
                place, "is a symbolic link, expected the thing itself", "mv -T \"$(realpath \(place))\" \(place)")
        case .secret, .shared: return
        }
    }

    /// Nothing of the gateway's own is a pipe or a device: who opens one may wait for ever.
    private func checkNoPipe(_ place: String, _ role: Role) throws(DistrustedPath) {
        switch role {
        case .ownFolder, .ownFile:
            throw DistrustedPath(
                place, "is a pipe or device, expected a file", "rm \(place), and restore the file from the backup")
        case .secret, .shared: return
        }
    }

    private func checkWay(_ place: String, _ role: Role) throws(DistrustedPath) {
        var status = stat()
        guard lstat(place, &status) == 0 else { return }
        // What is asked of a file is not asked of a folder that lies in its place.
        if case .ownFolder = role { return try checkThing(place, status, role) }
        try checkOwner(place, status, trusted)
        // In a folder with the sticky bit nobody can replace what is another's.
        if status.st_mode & S_ISVTX == 0 { try checkWriters(place, status) }
    }

    private func checkThing(_ place: String, _ status: stat, _ role: Role) throws(DistrustedPath) {
        switch role {
        case .ownFolder, .ownFile:
            try checkOwner(place, status, [user])
            let wanted: mode_t = status.st_mode & S_IFMT == S_IFDIR ? 0o700 : 0o600
            guard status.st_mode & 0o077 == 0 else {
                throw DistrustedPath(
                    place, "has mode \(Self.octal(status)), expected \(String(wanted, radix: 8))",
                    "chmod \(String(wanted, radix: 8)) \(place)")
            }
        case .secret:
            try checkOwner(place, status, trusted)
            guard status.st_mode & 0o007 == 0 else {
                throw DistrustedPath(
                    place, "has mode \(Self.octal(status)), expected 600 or 640: a secret that everybody may read",
                    "chmod o= \(place)")
            }
            try checkWriters(place, status)
        case .shared:
            try checkOwner(place, status, trusted)
            try checkWriters(place, status)
        }
    }

    private func checkOwner(_ place: String, _ status: stat, _ expected: Set<uid_t>) throws(DistrustedPath) {
        guard !expected.contains(status.st_uid) else { return }
        throw DistrustedPath(
            place, "belongs to \(Self.name(of: status.st_uid)), expected \(Self.name(of: user))",
            "chown -h \(Self.name(of: user)) \(place)")
    }

    /// A group of the same number as the owner is the owner's own, where the usual mask lets it write.
    private func checkWriters(_ place: String, _ status: stat) throws(DistrustedPath) {
        let isOwnGroup = status.st_gid == 0 || status.st_gid == status.st_uid
        guard status.st_mode & 0o002 != 0 || (status.st_mode & 0o020 != 0 && !isOwnGroup) else { return }
        throw DistrustedPath(
            place, "has mode \(Self.octal(status)): others may change it, expected its owner alone",
            "chmod go-w \(place)")
    }

    private static func octal(_ status: stat) -> String { String(status.st_mode & 0o7777, radix: 8) }

    /// How people call a user; the number where it has no name.
    public static func name(of user: UInt32) -> String {
        var (entry, found) = (passwd(), UnsafeMutablePointer<passwd>?.none)
        var buffer = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return "\(user)" }
        return String(cString: entry.pw_name)
    }
}
