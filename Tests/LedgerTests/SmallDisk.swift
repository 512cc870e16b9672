// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// A file system of a few megabytes in memory, which is full soon.
final class SmallDisk {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    /// Whether this process may mount: only root, and not in every container.
    static func isAllowed() async throws -> Bool {
        guard let disk = try? await SmallDisk(megabytes: 1) else { return false }
        try await disk.remove()
        return true
    }

    init(megabytes: Int) async throws {
        folder = try TemporaryFolder()
        try await Tool.run(["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "none", folder.path])
    }

    func remount(_ options: String) async throws {
        try await Tool.run(["mount", "-o", "remount,\(options)", folder.path])
    }

    func remove() async throws { try await Tool.run(["umount", "-l", folder.path]) }
}
