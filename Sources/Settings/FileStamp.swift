// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Tells one state of a file from another without reading it: rewritten, replaced by another or touched, it differs.
public struct FileStamp: Sendable, Hashable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let times: [Int]

    /// Costs one system call. Follows symbolic links, because that is how secrets are swapped in containers.
    ///
    /// - Returns: nil for what is not there, cannot be looked at or is no regular file: a folder changes with every file
    ///   in it, and none of those is meant.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        // The time of change as well: a copy may keep the time of modification.
        times = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }
}
