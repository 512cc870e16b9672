// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the programs under measurement lie: those of the package beside this one, the bare loops in a folder of their own.
enum Programs {
    private static let folder = URL(
        filePath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "."
    ).deletingLastPathComponent()

    static func sibling(_ name: String) -> String { folder.appending(path: name).path }
}
