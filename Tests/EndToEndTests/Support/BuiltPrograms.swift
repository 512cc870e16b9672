// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the programs under test lie: beside the test bundle, or in the folder `CERTWAY_TEST_PROGRAMS`, such as that of a release build.
enum BuiltPrograms {
    static let folder: String = {
        if let other = ProcessInfo.processInfo.environment["CERTWAY_TEST_PROGRAMS"] { return other }
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        // `swift test` runs the bundle either directly or through a helper that gets its path as an argument.
        let candidates = [own] + CommandLine.arguments
        let bundle = candidates.first { $0.contains(".build") && $0.contains(".xctest") } ?? own
        return URL(filePath: bundle).deletingLastPathComponent().path
    }()

    static func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// The repository, for files that belong to no target.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
}
