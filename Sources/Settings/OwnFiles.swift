// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The files that the gateway itself keeps. No setting names one of them: their content is nobody's, and SQLite's locks on a database
/// end as soon as this process closes any other descriptor of the same file.
public enum OwnFiles {
    /// Folders, and what lies in them; a folder that is gone has nothing left.
    private static let kept = Mutex<[String: [String]]>([:])

    /// - Parameters:
    ///   - paths: of files that there are, or may be one day.
    ///   - folder: while it is there, so are they.
    public static func keep(_ paths: [String], of folder: String) {
        kept.withLock { kept in
            kept = kept.filter { access($0.key, F_OK) == 0 }
            kept[folder] = Array(Set((kept[folder] ?? []) + paths))
        }
    }

    /// Whether a file is one of them, by whatever name. Opens nothing.
    static func contain(_ path: String) -> Bool {
        guard let sought = Identity(path) else { return false }
        return kept.withLock { $0.values.contains { $0.contains { Identity($0) == sought } } }
    }

    private struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
        }
    }
}
